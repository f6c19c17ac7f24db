import type { Schemas } from '../../api/client'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'

type Line = Schemas['ReceiptLineOut']

const KNOWN = [
  'core',
  'memory',
  'device',
  'bundle',
  'energy',
  'storage',
  'tokens',
  'calls',
  'pieces',
]
const PER = [
  'core_hour',
  'gb_hour',
  'device_hour',
  'bundle_hour',
  'standard_hour',
  'kwh',
  'gb_month',
]

/** A line of a price in words without the field's terms; those stand in the folded evidence. */
export function useLineWords() {
  const t = useWords('library')
  const format = useFormat()
  const said = useSaid()
  return {
    name(line: Line) {
      const kind = line.item.split(':')[0] ?? ''
      return KNOWN.includes(kind) ? t(`library:line.${kind}`) : said(line.title_zh, line.title_en)
    },
    quantity(line: Line) {
      const amount = Number(line.quantity)
      if (line.unit === 'wh') return format.energy(amount)
      if (line.unit === 'gb_second')
        return `${format.significant(amount)} ${t('library:unit.gb_s')}`
      if (line.unit.endsWith('_second')) return format.duration(amount)
      return format.significant(amount)
    },
    price(line: Line) {
      const per = PER.includes(line.price_unit) ? line.price_unit : 'piece'
      return `${format.yuan(line.price_yuan)} ${t(`library:per.${per}`)}`
    },
  }
}
