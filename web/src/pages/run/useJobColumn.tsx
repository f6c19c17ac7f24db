import { Link } from 'react-router'
import { useWords } from '../../words'
import type { LongColumn } from './LongTable'
import { Under } from './Under'

interface Named {
  job_id: string
  algorithm: string
  tenant_name: string
  price_class: string
}

/** Which job it is, and whose: the first column of every table of jobs that stand in the pool. */
export function useJobColumn(): LongColumn<Named> {
  const t = useWords('run')
  return {
    key: 'job',
    title: t('run:queue.job'),
    width: 'minmax(150px, 1fr)',
    cell: (job) => (
      <>
        <Link to={`/ops/jobs/${job.job_id}`}>
          {job.algorithm} <span className="mono">{job.job_id.slice(-8)}</span>
        </Link>
        <Under>{job.tenant_name}</Under>
      </>
    ),
  }
}
