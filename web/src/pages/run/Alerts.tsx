import { CheckCircleOutlined } from '@ant-design/icons'
import { Link } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { Loading } from '../../parts/Loading'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { AREAS } from '../../shell/areas'
import { useSaid, useWords } from '../../words'
import './run.css'

type Alert = Schemas['AlertOut']

/** What should be looked at now, each with the page where one does something about it. */
export function Alerts() {
  const t = useWords('run')
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/v1/alerts',
    {},
    { refetchInterval: 20_000 },
  )
  return (
    <Panel title={t('run:alerts.title')}>
      {error ? (
        <ProblemView error={error} again={refetch} />
      ) : !data ? (
        <Loading rows={2} />
      ) : data.items.length === 0 ? (
        <p className="all-well">
          <CheckCircleOutlined aria-hidden /> {t('run:alerts.none')}
        </p>
      ) : (
        <ul className="alerts" aria-label={t('run:alerts.title')}>
          {data.items.map((alert) => (
            <Line key={`${alert.code} ${alert.subject}`} alert={alert} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Line({ alert }: { alert: Alert }) {
  const t = useWords('run')
  const said = useSaid()
  const may = useMay()
  const to = addressOf(alert)
  const there = AREAS.flatMap((area) => area.pages).find(
    (page) => page.path === to.split('?')[0]?.replace(/job_\w+$/, ':id'),
  )
  return (
    <li className={`alert ${alert.severity}`}>
      <span className="alert-word">{t(`run:alerts.${alert.severity}`)}</span>
      <span className="grow">{said(alert.zh, alert.en)}</span>
      {alert.since && (
        <span className="small faint">
          <Time at={alert.since} />
        </span>
      )}
      {there && may(...there.needs) && <Link to={to}>{t('run:alerts.act')}</Link>}
    </li>
  )
}

const PAGES: Record<Alert['page'], string> = {
  pool: '/ops/pool',
  queue: '/ops/queue',
  system: '/ops/audit',
  catalogue: '/ops/catalog',
  tenants: '/ops/tenants',
  vouchers: '/ops/vouchers',
  prices: '/ops/prices',
}

/** A node opens in the pool, a job on its own page. */
function addressOf({ page, subject }: Alert): string {
  if (page === 'pool') return `${PAGES.pool}?node=${encodeURIComponent(subject)}`
  if (page === 'queue' && subject.startsWith('job_')) return `/ops/jobs/${subject}`
  return PAGES[page]
}
