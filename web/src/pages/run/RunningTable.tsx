import { Link } from 'react-router'
import { useMay } from '../../api/session'
import { Empty } from '../../parts/Empty'
import { Loading } from '../../parts/Loading'
import { ProblemView } from '../../parts/ProblemView'
import { State } from '../../parts/State'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { LongTable } from './LongTable'
import { Share } from './Share'
import { Under } from './Under'
import { useJobColumn } from './useJobColumn'
import { type Running, useRunning } from './useQueue'
import { useStop } from './useStop'
import { When } from './When'

/** Everybody who holds something of the pool, and how far they are towards their limit. */
export function RunningTable() {
  const t = useWords('run')
  const format = useFormat()
  const may = useMay()
  const stop = useStop()
  const jobColumn = useJobColumn()
  const { data, error, refetch } = useRunning(2000)
  if (error) return <ProblemView error={error} again={refetch} />
  if (!data) return <Loading rows={8} />
  if (data.running.length === 0) {
    return <Empty title={t('run:queue.none_running')}>{t('run:queue.none_running_why')}</Empty>
  }
  const now = Date.parse(data.at)
  return (
    <LongTable
      label={t('run:queue.tab_running')}
      rows={data.running}
      keyOf={(job) => job.job_id}
      rowHeight={60}
      minWidth={900}
      mostHeight={640}
      columns={[
        jobColumn,
        {
          key: 'state',
          title: t('run:job.state'),
          width: 'minmax(100px, 0.8fr)',
          cell: (job) =>
            job.leaving ? (
              <span title={t(`run:leave.${job.leaving}`)}>{t('run:queue.leaving')}</span>
            ) : (
              <State of={job.state} />
            ),
        },
        {
          key: 'holds',
          title: t('run:job.holds'),
          width: 'minmax(150px, 1fr)',
          cell: (job) => (
            <>
              <Holds job={job} />
              <Under>{t(`run:class.${job.price_class}`)}</Under>
            </>
          ),
        },
        {
          key: 'started',
          title: t('run:job.started'),
          width: '100px',
          cell: (job) => <When at={job.started_at} />,
        },
        {
          key: 'limit',
          title: t('run:queue.of_limit'),
          width: 'minmax(150px, 1fr)',
          cell: (job) => {
            const began = Date.parse(job.started_at ?? data.at)
            const limit = Date.parse(job.limit_at)
            return (
              <Share
                share={limit > began ? (now - began) / (limit - began) : 0}
                text={`${format.duration((now - began) / 1000)} / ${format.duration((limit - began) / 1000)}`}
              />
            )
          },
        },
        {
          key: 'end',
          title: t('run:queue.expected_end'),
          width: '110px',
          cell: (job) => <When at={job.expected_end_at} />,
        },
        {
          key: 'act',
          title: <span className="hidden-text">{t('run:queue.act')}</span>,
          width: '70px',
          cell: (job) =>
            may('operate') && (
              <button type="button" className="as-link bad" onClick={() => stop(job.job_id)}>
                {t('run:job.stop')}
              </button>
            ),
        },
      ]}
    />
  )
}

function Holds({ job }: { job: Pick<Running, 'allocations'> }) {
  const t = useWords('run')
  const format = useFormat()
  const held = job.allocations
  const milli = held.flatMap((each) => each.devices).reduce((sum, each) => sum + each.milli, 0)
  const kind = held[0]?.devices[0]?.kind
  const what = kind
    ? `${format.number(milli / 1000, 3)} ${kind.toUpperCase()}`
    : t('run:job.cores', { count: held.reduce((sum, each) => sum + each.cpu_milli, 0) / 1000 })
  return (
    <>
      {what}{' '}
      <span className="faint">
        ·{' '}
        {held.length === 1 && held[0] ? (
          <Link to={`/ops/pool?node=${encodeURIComponent(held[0].node)}`}>{held[0].node}</Link>
        ) : (
          t('run:queue.on_nodes', { count: held.length })
        )}
      </span>
    </>
  )
}
