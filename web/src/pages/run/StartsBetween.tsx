import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'

/** Between when and when somebody will start, about four times in five. */
export function StartsBetween({ between }: { between: string[] | null }) {
  const t = useWords('run')
  const format = useFormat()
  const [from, to] = between ?? []
  if (!from || !to) return <span className="faint">{t('run:job.not_known')}</span>
  const exactly = t('run:job.between', {
    from: format.moment(from),
    to: format.moment(to),
  })
  return (
    <span title={`${exactly} · ${t('run:queue.four_in_five')}`}>
      {Date.parse(from) <= Date.now() ? t('run:queue.any_moment') : format.ago(from)} –{' '}
      {format.ago(to)}
    </span>
  )
}
