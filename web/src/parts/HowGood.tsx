import { useWords } from '../words'
import { Ask } from './Ask'
import { useFormat } from './useFormat'

/** What an algorithm says of how good its answer is; a part of it may be unknown. */
export interface Told {
  metric: string | null
  score: number | null
  baseline: number | null
  usable: boolean | null
  lowerIsBetter: boolean
}

/** By which share the answer is better than the naive one; null where that cannot be told. */
export function gain({ score, baseline, lowerIsBetter }: Told): number | null {
  if (score == null || baseline == null || baseline === 0) return null
  return (lowerIsBetter ? baseline - score : score - baseline) / Math.abs(baseline)
}

/** How good an answer is, as a sentence that needs no field's terms. */
export function useHowGood() {
  const t = useWords('parts')
  const format = useFormat()
  return (told: Told): string => {
    const better = gain(told)
    if (told.score == null) return t('parts:good.unknown')
    if (told.usable === false) return t('parts:good.not_usable')
    if (better == null) return t('parts:good.alone', { score: format.significant(told.score) })
    const values = {
      score: format.significant(told.score),
      baseline: format.significant(told.baseline ?? 0),
      share: format.percent(better, 0),
    }
    return told.metric === 'rmse' ? t('parts:good.rmse', values) : t('parts:good.other', values)
  }
}

/** The same in a cell: by how much, or that it is not; `plain` inside a link. */
export function HowGood({ told, plain = false }: { told: Told; plain?: boolean }) {
  const t = useWords('parts')
  const format = useFormat()
  const better = gain(told)
  if (told.score == null) return <span className="faint">–</span>
  if (told.usable === false) return <span className="state warn">{t('parts:good.short_not')}</span>
  if (better == null) return <span>{format.significant(told.score)}</span>
  return (
    <span className="state good">
      {told.metric && !plain ? (
        <Ask code={told.metric}>{t('parts:good.short', { share: format.percent(better, 0) })}</Ask>
      ) : (
        t('parts:good.short', { share: format.percent(better, 0) })
      )}
    </span>
  )
}
