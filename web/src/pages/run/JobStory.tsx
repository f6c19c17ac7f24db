import { Timeline } from 'antd'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { type Job, movesOf } from './jobs'

const COLOURS: Record<string, string> = {
  succeeded: 'var(--good)',
  failed: 'var(--bad)',
  lost: 'var(--warn)',
  preempted: 'var(--warn)',
  stopped: 'var(--ink-3)',
}

/** What happened to a job, in order. */
export function JobStory({ job }: { job: Job }) {
  const t = useWords('run')
  const format = useFormat()
  const moves = [{ at: job.submitted_at, event: 'submitted', reason: '' }, ...movesOf(job.story)]
  return (
    <Timeline
      items={moves.map(({ at, event, reason }, index) => {
        const before = moves[index - 1]
        const after = before ? (Date.parse(at) - Date.parse(before.at)) / 1000 : 0
        return {
          key: `${at} ${event}`,
          color: COLOURS[event] ?? 'var(--accent)',
          content: (
            <div className="stack tight">
              <span>
                {t(`run:event.${event}`)}
                {reason && <span className="soft"> · {t(`run:reason.${reason}`)}</span>}
              </span>
              <span className="small faint">
                {format.moment(at, true)}
                {before && ` · ${t('run:job.after', { time: format.duration(after) })}`}
              </span>
            </div>
          ),
        }
      })}
    />
  )
}
