import { Link } from 'react-router'
import { $api, refresh } from '../../api/client'
import { useMay } from '../../api/session'
import { Figure } from '../../parts/Figure'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { Alerts } from './Alerts'
import { Hear } from './Hear'
import { Rates } from './Rates'
import { Supply } from './Supply'
import { useSpan } from './useSpan'
import './run.css'

/** The centre at a glance. */
export default function Overview() {
  const t = useWords('run')
  const may = useMay()
  return (
    <Page wide title={t('run:overview.title')} lead={t('run:overview.lead')}>
      {may('see_jobs') && (
        <Hear
          begins={['job.', 'node.']}
          act={() => refresh('/v1/centre', '/v1/board', '/v1/alerts')}
          mostMs={2000}
        />
      )}
      <Counts />
      <Alerts />
      <LastDay />
      <Supply />
    </Page>
  )
}

function Counts() {
  const t = useWords('run')
  const format = useFormat()
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/v1/centre',
    {},
    { refetchInterval: 15_000 },
  )
  if (error) return <ProblemView error={error} again={refetch} />
  if (!data) return <Loading rows={2} />
  const { jobs, nodes, lately } = data
  const closed = (nodes.draining ?? 0) + (nodes.down ?? 0)
  return (
    <div className="grid figures">
      <Figure
        label={t('run:queue.waiting')}
        value={<Link to="/ops/queue">{format.number(jobs.queued ?? 0)}</Link>}
        ask="jobs_waiting"
      />
      <Figure
        label={t('run:queue.running')}
        value={
          <Link to="/ops/queue?tab=running">
            {format.number((jobs.running ?? 0) + (jobs.starting ?? 0))}
          </Link>
        }
        ask="jobs_running"
      />
      <Figure
        label={t('run:overview.nodes')}
        value={<Link to="/ops/pool">{format.number(nodes.ready ?? 0)}</Link>}
        note={closed > 0 ? t('run:overview.closed', { count: closed }) : undefined}
      />
      <Figure
        label={t('run:overview.median_wait')}
        value={lately.median_wait_s === null ? '–' : format.duration(lately.median_wait_s)}
        note={t('run:overview.of_starts', { count: lately.started })}
        ask="median_wait"
      />
      <Figure
        label={t('run:overview.failed')}
        value={<Link to="/ops/queue?tab=all&state=failed">{format.number(lately.failed)}</Link>}
        note={t('run:overview.of_ends', { count: lately.ended })}
        ask="failed_jobs"
      />
      {lately.charged_today_yuan !== null && (
        <Figure
          label={t('run:overview.charged')}
          value={format.yuan(lately.charged_today_yuan)}
          ask="charged_today"
        />
      )}
    </div>
  )
}

function LastDay() {
  const t = useWords('run')
  const { since, until } = useSpan('1d')
  const { data, error, refetch } = $api.useQuery('get', '/v1/utilisation', {
    params: { query: { since, until } },
  })
  return (
    <Panel
      title={t('run:overview.rates')}
      extra={<Link to="/ops/utilisation">{t('run:overview.more')}</Link>}
    >
      {error ? (
        <ProblemView error={error} again={refetch} />
      ) : data ? (
        <Rates kinds={data.kinds} label={t('run:overview.rates')} />
      ) : (
        <Loading />
      )}
    </Panel>
  )
}
