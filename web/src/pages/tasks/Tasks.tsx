import { Button, Input, Progress, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { refresh, type Schemas } from '../../api/client'
import { useCalm, useLive } from '../../api/live'
import { useMay } from '../../api/session'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { HowGood } from '../../parts/HowGood'
import { Page, Panel } from '../../parts/Page'
import { State } from '../../parts/State'
import { Time } from '../../parts/Time'
import { useFilters } from '../../parts/useFilters'
import { useFormat } from '../../parts/useFormat'
import { usePages } from '../../parts/usePages'
import { useSaid, useWords } from '../../words'
import { Compare } from './Compare'
import { told } from './task'
import './tasks.css'
import { LinkButton } from '../../parts/LinkButton'

type Task = Schemas['TaskOut']
type TaskState = Task['state']

const GROUPS: Record<string, TaskState[]> = {
  open: ['offered'],
  going: ['queued', 'starting', 'running', 'wrapping'],
  solved: ['solved'],
  ended: ['failed', 'cancelled'],
}

/** Every question that was asked, how far it is and how good it came out. */
export default function Tasks() {
  const t = useWords('tasks')
  const said = useSaid()
  const format = useFormat()
  const may = useMay()
  const [{ state, dataset, q }, set] = useFilters('state', 'dataset', 'q')
  const [chosen, setChosen] = useState<Task[]>([])
  const group = state && GROUPS[state] ? state : undefined
  const found = usePages('/v1/tasks', {
    dataset,
    state: group ? GROUPS[group] : undefined,
  })
  const calm = useCalm(() => refresh('/v1/tasks'))
  useLive(['job.', 'solution.', 'task.'], calm)
  const asked = q?.toLowerCase()
  const rows = found.rows?.filter(
    (each) => !asked || `${each.target} ${each.dataset_name}`.toLowerCase().includes(asked),
  )
  const begin = may('work') && (
    <LinkButton to="/new" type="primary">
      {t('tasks:tasks.new')}
    </LinkButton>
  )
  return (
    <Page title={t('tasks:tasks.title')} lead={t('tasks:tasks.lead')} actions={begin} wide>
      <Panel flush>
        <div className="filters">
          <Input.Search
            allowClear
            aria-label={t('tasks:tasks.search')}
            placeholder={t('tasks:tasks.search')}
            style={{ maxWidth: 260 }}
            value={q ?? ''}
            onChange={(event) => set({ q: event.target.value })}
          />
          <Select
            aria-label={t('tasks:tasks.state')}
            style={{ width: 170 }}
            value={group ?? ''}
            onChange={(value) => set({ state: value })}
            options={[
              { value: '', label: t('parts:all') },
              ...Object.keys(GROUPS).map((value) => ({
                value,
                label: t(`tasks:tasks.group.${value}`),
              })),
            ]}
          />
          {dataset && (
            <Button onClick={() => set({ dataset: undefined })}>
              {t('tasks:tasks.every_data')}
            </Button>
          )}
        </div>
        <DataTable<Task>
          label={t('tasks:tasks.title')}
          {...found}
          rows={rows}
          rowKey="task_id"
          rowSelection={{
            selectedRowKeys: chosen.map((each) => each.task_id),
            onChange: (_, tasks) => setChosen(tasks.slice(0, MOST_COMPARED)),
            columnTitle: <span className="hidden-text">{t('tasks:compare.title')}</span>,
            getCheckboxProps: (each) => ({
              disabled: each.state !== 'solved',
              'aria-label': t('tasks:compare.this', { name: each.target }),
            }),
          }}
          empty={
            <Empty
              title={group || q ? t('tasks:tasks.none_such') : t('tasks:tasks.none')}
              action={begin || undefined}
            >
              {t('tasks:tasks.none_why')}
            </Empty>
          }
          columns={[
            {
              title: t('tasks:tasks.question'),
              render: (_, each) => (
                <div style={{ maxWidth: 300 }}>
                  <Link to={`/tasks/${each.task_id}`} className="clip">
                    <b>{each.target}</b>
                  </Link>
                  <div className="soft small clip">
                    {t('tasks:from', { name: each.dataset_name })}
                  </div>
                </div>
              ),
            },
            {
              title: t('tasks:tasks.state'),
              render: (_, each) =>
                each.fraction != null && each.state === 'running' ? (
                  <div style={{ width: 180 }}>
                    <Progress
                      size="small"
                      percent={Math.round(each.fraction * 100)}
                      aria-label={t('tasks:task.progress_of', { name: each.target })}
                    />
                    <span className="soft small">{said(each.stage_zh, each.stage_en)}</span>
                  </div>
                ) : (
                  <State of={each.state} />
                ),
            },
            {
              title: t('tasks:tasks.quality'),
              render: (_, each) => <HowGood told={told(each.quality)} />,
            },
            {
              title: t('tasks:tasks.effort'),
              render: (_, each) =>
                each.effort ? (
                  t(`tasks:offers.effort.${each.effort}`)
                ) : (
                  <span className="faint">–</span>
                ),
            },
            {
              title: t('tasks:tasks.cost'),
              align: 'right',
              render: (_, { money }) => {
                const cost = money.charge_yuan ?? money.so_far_yuan
                return cost == null ? <span className="faint">–</span> : format.yuan(cost)
              },
            },
            {
              title: t('tasks:tasks.when'),
              render: (_, each) => <Time at={each.ended_at ?? each.created_at} />,
            },
          ]}
        />
      </Panel>
      {chosen.length > 1 && <Compare tasks={chosen} />}
    </Page>
  )
}

const MOST_COMPARED = 5
