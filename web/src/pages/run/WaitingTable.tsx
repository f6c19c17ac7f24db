import { Modal } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/session'
import { Empty } from '../../parts/Empty'
import { Loading } from '../../parts/Loading'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { LongTable } from './LongTable'
import { SoonerList } from './SoonerWays'
import { StartsBetween } from './StartsBetween'
import { Under } from './Under'
import { useJobColumn } from './useJobColumn'
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
  const jobColumn = useJobColumn()
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
        rowHeight={60}
        minWidth={980}
        mostHeight={640}
        columns={[
          {
            key: 'place',
            title: t('run:job.place'),
            width: '44px',
            numeric: true,
            cell: (job) => (job.place === null ? '–' : format.number(job.place)),
          },
          jobColumn,
          {
            key: 'wants',
            title: t('run:queue.wants'),
            width: 'minmax(130px, 0.9fr)',
            cell: (job) => (
              <>
                {wanted(job.request)}
                <Under>{t(`run:class.${job.price_class}`)}</Under>
              </>
            ),
          },
          {
            key: 'why',
            title: t('run:queue.why'),
            width: 'minmax(220px, 2.4fr)',
            cell: (job) => {
              const why = said(job.why_zh, job.why_en) || t('run:queue.not_planned')
              return (
                <div className="two-lines" title={why}>
                  {why}
                </div>
              )
            },
          },
          {
            key: 'starts',
            title: t('run:job.starts'),
            width: 'minmax(150px, 1fr)',
            cell: (job) => (
              <div className="two-lines">
                <StartsBetween between={job.starts_between} />
              </div>
            ),
          },
          {
            key: 'since',
            title: t('run:job.submitted'),
            width: '96px',
            cell: (job) => <When at={job.submitted_at} />,
          },
          {
            key: 'act',
            title: <span className="hidden-text">{t('run:queue.act')}</span>,
            width: '124px',
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
