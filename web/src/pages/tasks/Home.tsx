import { Progress } from 'antd'
import { useEffect } from 'react'
import { Link } from 'react-router'
import { $api, refresh, type Schemas } from '../../api/client'
import { useCalm, useLive } from '../../api/live'
import { useMay, useMe } from '../../api/session'
import { HowGood } from '../../parts/HowGood'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { State } from '../../parts/State'
import { Stream } from '../../parts/Stream'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useTakeSample } from '../../parts/useTakeSample'
import { useSaid, useWords } from '../../words'
import { Drop } from './Drop'
import { told } from './task'
import './tasks.css'
import { LinkButton } from '../../parts/LinkButton'

type Task = Schemas['TaskOut']

/** Where a tenant begins: bring data, see what runs, take what is done. */
export default function Home() {
  const t = useWords('tasks')
  const me = useMe()
  const may = useMay()
  useEffect(() => {
    document.title = `${t('tasks:home.title')} · ${t('shell:name')}`
  }, [t])
  const tasks = $api.useQuery('get', '/v1/tasks', { params: { query: { limit: 20 } } })
  const calm = useCalm(() => refresh('/v1/tasks', '/v1/me'))
  useLive(['job.', 'solution.', 'task.'], calm)
  const all = tasks.data?.items ?? []
  const running = all.filter((each) => each.job_id && !each.ended_at && each.state !== 'solved')
  const solved = all.filter((each) => each.state === 'solved')
  return (
    <div className="page">
      <section className="panel hero">
        <div>
          <h1>{t('tasks:home.hello', { name: me.name })}</h1>
          <p className="lead">{t('tasks:home.lead')}</p>
        </div>
        <Stream />
        {may('work') && <Drop />}
      </section>
      <LowBalance />
      <ProblemView error={tasks.error} again={() => tasks.refetch()} />
      {running.length > 0 && (
        <Panel title={t('tasks:home.running')}>
          {running.map((each) => (
            <Row key={each.task_id} task={each} />
          ))}
        </Panel>
      )}
      {solved.length > 0 ? (
        <Panel
          title={t('tasks:home.results')}
          extra={<Link to="/results">{t('tasks:home.all_results')}</Link>}
        >
          {solved.slice(0, 5).map((each) => (
            <Row key={each.task_id} task={each} />
          ))}
        </Panel>
      ) : (
        tasks.data && may('work') && <Samples />
      )}
    </div>
  )
}

function Row({ task }: { task: Task }) {
  const t = useWords('tasks')
  const said = useSaid()
  return (
    <Link to={`/tasks/${task.task_id}`} className="task-row">
      <div className="clip">
        <b>{task.target}</b>
        <div className="soft small clip">{t('tasks:from', { name: task.dataset_name })}</div>
      </div>
      {task.state === 'solved' ? (
        <HowGood told={told(task.quality)} plain />
      ) : task.fraction != null ? (
        <div>
          <Progress
            percent={Math.round(task.fraction * 100)}
            size="small"
            aria-label={t('tasks:task.progress_of', { name: task.target })}
          />
          <span className="soft small">{said(task.stage_zh, task.stage_en)}</span>
        </div>
      ) : (
        <State of={task.state} />
      )}
      <span className="soft small">
        <Time at={task.ended_at ?? task.created_at} />
      </span>
    </Link>
  )
}

/** What to do before nothing more begins. */
function LowBalance() {
  const t = useWords('tasks')
  const said = useSaid()
  const format = useFormat()
  const { data } = $api.useQuery('get', '/v1/account')
  if (!data) return null
  const ladder = data.stage !== 'good'
  if (!ladder && Number(data.available_yuan) + Number(data.credit_yuan) >= LOW_YUAN) return null
  return (
    <div className="problem" role="status">
      <div className="grow">
        <strong>
          {ladder
            ? said(data.stage_zh, data.stage_en)
            : t('tasks:home.low', { yuan: format.yuan(data.available_yuan) })}
        </strong>
      </div>
      <LinkButton to="/grants">{t('tasks:home.more')}</LinkButton>
    </div>
  )
}

const LOW_YUAN = 1

/** For who has no table at hand. */
function Samples() {
  const t = useWords('tasks')
  const said = useSaid()
  const format = useFormat()
  const { data } = $api.useQuery('get', '/v1/samples', {}, { staleTime: Infinity })
  const sample = useTakeSample()
  if (!data?.items.length) return null
  return (
    <Panel title={t('tasks:home.samples')}>
      <p className="soft">{t('tasks:home.samples_why')}</p>
      <div className="samples" style={{ marginTop: 14 }}>
        {data.items.map((each) => (
          <button
            type="button"
            key={each.name}
            className="sample"
            disabled={sample.isPending}
            aria-disabled={sample.isPending}
            onClick={() => sample.take(each.name)}
          >
            <b>{said(each.title_zh, each.title_en)}</b>
            <span className="soft small">{said(each.question_zh, each.question_en)}</span>
            <span className="faint small">
              {t('tasks:home.rows', { rows: format.number(each.rows), columns: each.columns })}
            </span>
          </button>
        ))}
      </div>
      <ProblemView error={sample.error} />
    </Panel>
  )
}
