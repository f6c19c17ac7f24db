import { Tabs } from 'antd'
import { refresh } from '../../api/client'
import { Figure } from '../../parts/Figure'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFilters } from '../../parts/useFilters'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { AllJobs } from './AllJobs'
import { Gantt } from './Gantt'
import { Hear } from './Hear'
import { RunningTable } from './RunningTable'
import { useQueueTotals } from './useQueue'
import { WaitingTable } from './WaitingTable'
import './run.css'

/** The queue: who waits and why, who runs and how long yet, drawn and in lists. */
export default function Queue() {
  const t = useWords('run')
  const format = useFormat()
  const [filters, set] = useFilters('tab')
  const { data, error, refetch } = useQueueTotals()
  const waiting = data?.waiting_total ?? 0
  return (
    <Page wide title={t('run:queue.title')} lead={t('run:queue.lead')}>
      <Hear begins={['job.']} act={() => refresh('/v1/queue', '/v1/jobs')} mostMs={2500} />
      {error !== null && <ProblemView error={error} again={refetch} />}
      <div className="row" style={{ gap: 48 }}>
        <Figure
          label={t('run:queue.waiting')}
          value={data ? format.number(waiting) : '–'}
          ask="jobs_waiting"
        />
        <Figure
          label={t('run:queue.running')}
          value={data ? format.number(data.running_total) : '–'}
          ask="jobs_running"
        />
      </div>
      <Panel flush>
        <Tabs
          className="in-panel"
          destroyOnHidden
          activeKey={filters.tab ?? 'waiting'}
          onChange={(tab) => set({ tab: tab === 'waiting' ? undefined : tab })}
          items={[
            {
              key: 'waiting',
              label: t('run:queue.tab_waiting'),
              children: <WaitingTable total={data ? waiting : undefined} />,
            },
            {
              key: 'running',
              label: t('run:queue.tab_running'),
              children: <RunningTable />,
            },
            { key: 'gantt', label: t('run:queue.tab_gantt'), children: <Gantt /> },
            { key: 'all', label: t('run:queue.tab_all'), children: <AllJobs /> },
          ]}
        />
      </Panel>
    </Page>
  )
}
