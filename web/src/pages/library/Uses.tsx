import { Link } from 'react-router'
import { $api } from '../../api/client'
import { HowGood } from '../../parts/HowGood'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { State } from '../../parts/State'
import { Time } from '../../parts/Time'
import { useWords } from '../../words'
import { toldBy } from './solution'

/** Which questions were asked of these data, and what came of each. */
export function Uses({ id }: { id: string }) {
  const t = useWords('library')
  const { data, error, refetch } = $api.useQuery('get', '/v1/tasks', {
    params: { query: { dataset: id, limit: 20 } },
  })
  if (data?.items.length === 0) return null
  return (
    <Panel title={t('library:data.uses')}>
      <ProblemView error={error} again={() => refetch()} />
      <ul className="uses" aria-label={t('library:data.uses')}>
        {data?.items.map((task) => (
          <li key={task.task_id}>
            <div className="named grow">
              <Link to={`/tasks/${task.task_id}`}>
                {t(`library:question.${task.kind}`, { target: task.target })}
              </Link>
              <span className="faint small">
                <Time at={task.created_at} />
              </span>
            </div>
            {task.quality ? <HowGood told={toldBy(task.quality)} /> : <State of={task.state} />}
            {task.solution_id && (
              <Link to={`/results/${task.solution_id}`}>{t('library:data.to_result')}</Link>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
