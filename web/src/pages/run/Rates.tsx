import { Tooltip } from 'antd'
import type { Schemas } from '../../api/client'
import { Ask } from '../../parts/Ask'
import { Empty } from '../../parts/Empty'
import { Quality } from '../../parts/Quality'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { Share } from './Share'
import './run.css'

type Kind = Schemas['KindOut']
type RateOf = Kind['rates'][number]

/** The five rates of each kind; where there is no reading it says so and why. */
export function Rates({ kinds, label }: { kinds: Kind[]; label: string }) {
  const t = useWords('run')
  const said = useSaid()
  const rates = kinds[0]?.rates
  if (!rates) return <Empty title={t('run:rates.none')}>{t('run:rates.none_why')}</Empty>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled sideways by keyboard, too
    <section className="rates" aria-label={label} tabIndex={0}>
      <table aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t('run:rates.kind')}</th>
            {rates.map((each) => (
              <th key={each.code} scope="col">
                <Ask code={each.code}>
                  {said(each.name_zh, each.name_en)} {each.code}
                </Ask>
                <div className="small faint">{said(each.formula_zh, each.formula_en)}</div>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <tr key={`${kind.kind} ${kind.simulated}`}>
              <th scope="row">
                <div className="row">
                  {kind.kind === 'cores' ? t('run:cores') : kind.kind}
                  {kind.simulated && <Quality word="simulated" />}
                </div>
              </th>
              {kind.rates.map((rate) => (
                <td key={rate.code}>
                  <Rate rate={rate} simulated={kind.simulated} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Rate({ rate, simulated }: { rate: RateOf; simulated: boolean }) {
  const t = useWords('run')
  const said = useSaid()
  const format = useFormat()
  if (rate.value === null) {
    return (
      <Tooltip title={said(rate.note_zh, rate.note_en)}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason is told on focus, too */}
        <span className="faint" tabIndex={0}>
          {t('run:rates.no_reading')}
        </span>
      </Tooltip>
    )
  }
  const hours = (seconds: number) =>
    t(`run:rates.${rate.unit}`, { hours: format.number(seconds / 3600, 1) })
  const told = `${hours(rate.numerator ?? 0)} ÷ ${hours(rate.denominator)}`
  return (
    <div title={told}>
      <Share share={rate.value} text={format.percent(rate.value)} simulated={simulated} />
    </div>
  )
}
