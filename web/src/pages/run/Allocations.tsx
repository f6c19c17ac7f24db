import { Link } from 'react-router'
import { Panel } from '../../parts/Page'
import { Quality } from '../../parts/Quality'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { gib } from './gib'
import { isOver, type Job } from './jobs'
import { LongTable } from './LongTable'

/** What a job holds of each node, or held when it ended. */
export function Allocations({ job }: { job: Job }) {
  const t = useWords('run')
  const format = useFormat()
  const title = t(isOver(job) ? 'run:job.held' : 'run:job.holds')
  return (
    <Panel flush title={title}>
      <LongTable
        label={title}
        rows={job.allocations}
        keyOf={(held) => held.node}
        mostHeight={380}
        columns={[
          {
            key: 'node',
            title: t('run:pool.node'),
            width: 'minmax(120px, 1fr)',
            cell: (held) => (
              <Link to={`/ops/pool?node=${encodeURIComponent(held.node)}`}>{held.node}</Link>
            ),
          },
          {
            key: 'cores',
            title: t('run:cores'),
            width: '90px',
            numeric: true,
            cell: (held) => format.number(held.cpu_milli / 1000, 3),
          },
          {
            key: 'memory',
            title: t('run:memory'),
            width: '110px',
            numeric: true,
            cell: (held) => gib(held.memory_mb, format),
          },
          {
            key: 'devices',
            title: t('run:pool.devices'),
            width: 'minmax(220px, 2fr)',
            cell: (held) => {
              const told = held.devices.map((each) =>
                each.milli < 1000
                  ? `${short(each.device)} ${format.percent(each.milli / 1000, 0)}`
                  : short(each.device),
              )
              return (
                <span title={told.join(', ')}>
                  {told.join(', ') || <span className="faint">{t('parts:none')}</span>}
                </span>
              )
            },
          },
          {
            key: 'real',
            title: '',
            width: '70px',
            cell: (held) => held.simulated && <Quality word="simulated" />,
          },
        ]}
      />
    </Panel>
  )
}

/** `sim:npu0` of a node is `npu0`. */
function short(device: string): string {
  return device.split(':').at(-1) ?? device
}
