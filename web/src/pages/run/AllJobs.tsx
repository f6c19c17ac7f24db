import { SearchOutlined } from '@ant-design/icons'
import { Input, Select } from 'antd'
import { useDeferredValue } from 'react'
import { Link } from 'react-router'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { State } from '../../parts/State'
import { Time } from '../../parts/Time'
import { useFilters } from '../../parts/useFilters'
import { usePages } from '../../parts/usePages'
import { useSaid, useWords } from '../../words'
import { useWanted } from './useWanted'

const STATES = ['queued', 'starting', 'running', 'succeeded', 'failed', 'cancelled'] as const

/** Every job there was, newest first. */
export function AllJobs() {
  const t = useWords('run')
  const said = useSaid()
  const wanted = useWanted()
  const [filters, set] = useFilters('state', 'q')
  const q = useDeferredValue(filters.q)
  const state = STATES.find((each) => each === filters.state)
  const found = usePages('/v1/jobs', { state, q: q || undefined })
  return (
    <>
      <div className="filters">
        <Input
          aria-label={t('run:queue.find')}
          placeholder={t('run:queue.find')}
          prefix={<SearchOutlined />}
          allowClear
          style={{ width: 260 }}
          value={filters.q ?? ''}
          onChange={(event) => set({ q: event.target.value || undefined })}
        />
        <Select
          aria-label={t('run:job.state')}
          placeholder={t('run:job.state')}
          allowClear
          style={{ minWidth: 130 }}
          value={state ?? null}
          onChange={(value: string | null) => set({ state: value ?? undefined })}
          options={STATES.map((value) => ({ value, label: t(`parts:state.${value}`) }))}
        />
      </div>
      <DataTable
        label={t('run:queue.tab_all')}
        {...found}
        rowKey="job_id"
        empty={<Empty title={t('run:queue.no_job')}>{t('run:queue.no_job_why')}</Empty>}
        columns={[
          {
            title: t('run:queue.job'),
            render: (_, job) => (
              <Link to={`/ops/jobs/${job.job_id}`}>
                {job.algorithm} <span className="mono">{job.job_id.slice(-8)}</span>
              </Link>
            ),
          },
          { title: t('run:queue.tenant'), dataIndex: 'tenant_name' },
          { title: t('run:queue.wants'), render: (_, job) => wanted(job.request) },
          { title: t('run:job.state'), render: (_, job) => <State of={job.state} /> },
          {
            title: t('run:queue.why'),
            render: (_, job) => {
              const told = job.waiting ?? job
              return <span className="soft">{said(told.why_zh, told.why_en) ?? ''}</span>
            },
          },
          { title: t('run:job.submitted'), render: (_, job) => <Time at={job.submitted_at} /> },
          { title: t('run:job.ended'), render: (_, job) => <Time at={job.ended_at} /> },
        ]}
      />
    </>
  )
}
