import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { Loading } from '../../parts/Loading'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'

/** Where a result came from: data → question → method → result, each a link; and what followed. */
export function Lineage({ id }: { id: string }) {
  const t = useWords('library')
  const format = useFormat()
  const { data, error, refetch } = $api.useQuery('get', '/v1/solutions/{solution_id}/lineage', {
    params: { path: { solution_id: id } },
  })
  if (error) return <ProblemView error={error} again={() => refetch()} />
  if (!data) return <Loading rows={2} />
  const { task, job, solution } = data
  const span =
    job.started_at && job.ended_at
      ? (new Date(job.ended_at).getTime() - new Date(job.started_at).getTime()) / 1000
      : null
  return (
    <>
      <ol className="lineage" aria-label={t('library:lineage.title')}>
        <Knot
          what={t('library:lineage.data')}
          to={`/data/${data.data.dataset_id}`}
          name={data.data.name || t('library:lineage.gone')}
          note={
            data.data.forgotten
              ? t('library:lineage.gone')
              : t('library:version', { version: data.data.version ?? 1 })
          }
        />
        <Knot
          what={t('library:lineage.task')}
          to={`/tasks/${task.task_id}`}
          name={t(`library:question.${task.kind}`, { target: task.target })}
          note={<Time at={task.asked_at} />}
        />
        <Knot
          what={t('library:lineage.method')}
          to={`/catalogue/${job.algorithm}`}
          name={t('library:lineage.see_method')}
          note={
            span == null
              ? t('library:version', { version: job.version })
              : t('library:lineage.took', { span: format.duration(span) })
          }
        />
        <Knot
          here
          what={t('library:result.one')}
          to={`/results/${solution.solution_id}`}
          name={t('library:version', { version: solution.number })}
          note={format.moment(solution.made_at)}
        />
      </ol>
      {data.later.length > 0 && <Later later={data.later} task={task.task_id} />}
    </>
  )
}

interface KnotProps {
  what: string
  to: string
  name: string
  note: ReactNode
  here?: boolean
}

function Knot({ what, to, name, note, here = false }: KnotProps) {
  return (
    <li className={here ? 'here' : ''}>
      <span className="faint small">{what}</span>
      <Link to={to} aria-current={here ? 'page' : undefined}>
        {name}
      </Link>
      <span className="soft small">{note}</span>
    </li>
  )
}

function Later({ later, task }: { later: Schemas['LaterOut'][]; task: string }) {
  const t = useWords('library')
  const place = { data: '/data/', solution: '/results/' }
  return (
    <div className="beware">
      <h3>{t('library:lineage.later')}</h3>
      <ul className="plain-list">
        {later.slice(0, 8).map((each) => (
          <li key={each.id}>
            <Link
              to={
                each.what === 'prediction' ? `/tasks/${task}?tab=try` : place[each.what] + each.id
              }
            >
              {t(`library:later.${each.what}`, { version: each.number ?? '' })}
            </Link>{' '}
            <span className="faint small">
              <Time at={each.at} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
