import { Modal } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useMay } from '../../api/session'
import { Empty } from '../../parts/Empty'
import { Loading } from '../../parts/Loading'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { LongTable } from './LongTable'
import { SoonerList } from './SoonerWays'
import { StartsBetween } from './StartsBetween'
import { useWaiting } from './useQueue'
import { useStop } from './useStop'
import { useWanted } from './useWanted'
import { When } from './When'

/** Everybody who waits, in the scheduler's order, and why. */
export function WaitingTable({ total }: { total: number | undefined }) {
  const t = useWords('run')
  const said = useSaid()
  const may = useMay()
  const stop = useStop()
  const wanted = useWanted()
  const format = useFormat()
  const [asked, setAsked] = useState<string>()
  const { rows, see, error, again } = useWaiting(total ?? 0)
  if (error) return <ProblemView error={error} again={again} />
  if (total === undefined) return <Loading rows={8} />
  if (total === 0) {
    return <Empty title={t('run:queue.nobody')}>{t('run:queue.nobody_why')}</Empty>
  }
  return (
    <>
      <LongTable
        label={t('run:queue.tab_waiting')}
        rows={rows}
        keyOf={(job) => job.job_id}
        onRange={see}
        minWidth={1080}
        mostHeight={640}
        columns={[
          {
            key: 'place',
            title: t('run:job.place'),
            width: '44px',
            numeric: true,
            cell: (job) => (job.place === null ? '–' : format.number(job.place)),
          },
          {
            key: 'job',
            title: t('run:queue.job'),
            width: 'minmax(130px, 1fr)',
            cell: (job) => (
              <Link to={`/ops/jobs/${job.job_id}`}>
                {job.algorithm} <span className="mono">{job.job_id.slice(-8)}</span>
              </Link>
            ),
          },
          {
            key: 'tenant',
            title: t('run:queue.tenant'),
            width: 'minmax(72px, 0.7fr)',
            cell: (job) => job.tenant_name,
          },
          {
            key: 'wants',
            title: t('run:queue.wants'),
            width: 'minmax(104px, 0.8fr)',
            cell: (job) => wanted(job.request),
          },
          {
            key: 'class',
            title: t('run:job.class'),
            width: '62px',
            cell: (job) => t(`run:class.${job.price_class}`),
          },
          {
            key: 'why',
            title: t('run:queue.why'),
            width: 'minmax(160px, 1.6fr)',
            cell: (job) => {
              const why = said(job.why_zh, job.why_en)
              return why ? <span title={why}>{why}</span> : t('run:queue.not_planned')
            },
          },
          {
            key: 'starts',
            title: t('run:job.starts'),
            width: 'minmax(120px, 0.9fr)',
            cell: (job) => <StartsBetween between={job.starts_between} />,
          },
          {
            key: 'since',
            title: t('run:job.submitted'),
            width: '84px',
            cell: (job) => <When at={job.submitted_at} />,
          },
          {
            key: 'act',
            title: <span className="hidden-text">{t('run:queue.act')}</span>,
            width: '132px',
            cell: (job) => (
              <div className="row" style={{ gap: 14, flexWrap: 'nowrap' }}>
                <button type="button" className="as-link" onClick={() => setAsked(job.job_id)}>
                  {t('run:queue.sooner')}
                </button>
                {may('operate') && (
                  <button type="button" className="as-link bad" onClick={() => stop(job.job_id)}>
                    {t('run:job.stop')}
                  </button>
                )}
              </div>
            ),
          },
        ]}
      />
      <Modal
        open={asked !== undefined}
        title={t('run:job.sooner')}
        footer={null}
        onCancel={() => setAsked(undefined)}
      >
        {asked && <SoonerList id={asked} />}
      </Modal>
    </>
  )
}
