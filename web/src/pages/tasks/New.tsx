import { Button, Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { $api, refresh, type Schemas } from '../../api/client'
import { asProblem } from '../../api/problem'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Stream } from '../../parts/Stream'
import { useFilters } from '../../parts/useFilters'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { Drop } from './Drop'
import { Look } from './Look'
import { Offers } from './Offers'
import { Question } from './Question'
import './tasks.css'

/** From data to a started task; where one is stands in the address, so leaving loses nothing. */
export default function New() {
  const t = useWords('tasks')
  const [{ dataset }] = useFilters('dataset')
  return (
    <Page title={t('tasks:new.title')} lead={t('tasks:new.lead')}>
      <Panel>
        <Stream now={dataset ? 'goal' : 'data'} />
      </Panel>
      {dataset ? <Asking key={dataset} dataset={dataset} /> : <Bringing />}
    </Page>
  )
}

function Bringing() {
  const t = useWords('tasks')
  const go = useNavigate()
  const { data } = $api.useQuery('get', '/v1/datasets', { params: { query: { limit: 100 } } })
  return (
    <>
      <Drop big />
      {!!data?.items.length && (
        <Panel title={t('tasks:new.or_mine')}>
          <Select
            aria-label={t('tasks:new.or_mine')}
            showSearch={{ optionFilterProp: 'label' }}
            style={{ width: '100%', maxWidth: 420 }}
            placeholder={t('tasks:new.choose_mine')}
            onChange={(id) => go(`/new?dataset=${id}`)}
            options={data.items.map((each) => ({
              value: each.dataset_id,
              label: t('tasks:new.data_version', { name: each.name, version: each.version }),
            }))}
          />
        </Panel>
      )}
    </>
  )
}

/** The question and its offers: posed at once, with the column that seems meant. */
function Asking({ dataset }: { dataset: string }) {
  const t = useWords('tasks')
  const format = useFormat()
  const [{ task: taskId }, set] = useFilters('task')
  const [other, setOther] = useState(false)
  const data = $api.useQuery('get', '/v1/datasets/{dataset_id}', {
    params: { path: { dataset_id: dataset } },
  })
  const task = $api.useQuery(
    'get',
    '/v1/tasks/{task_id}',
    { params: { path: { task_id: taskId ?? '' } } },
    { enabled: !!taskId },
  )
  const ask = $api.useMutation('post', '/v1/tasks', {
    onSuccess: (made) => {
      setOther(false)
      refresh('/v1/tasks')
      set({ task: made.task_id })
    },
  })
  const asked = useRef(false)
  useEffect(() => {
    if (taskId || asked.current) return
    asked.current = true
    ask.mutate({ body: { dataset_id: dataset } })
  }, [taskId, dataset, ask.mutate])
  const go = useNavigate()
  const begun = task.data?.job_id ? task.data.task_id : null
  useEffect(() => {
    if (begun) go(`/tasks/${begun}`, { replace: true })
  }, [begun, go])

  const columns = columnsOf(data.data)
  const unclear = ask.error && asProblem(ask.error).code === 'target_unclear'
  return (
    <>
      <ProblemView error={data.error ?? task.error} />
      {data.data && (
        <p className="soft">
          {t('tasks:new.brought', {
            name: data.data.name,
            rows: format.number(data.data.rows),
            columns: format.number(data.data.columns),
          })}{' '}
          <Link to={`/data/${dataset}`}>{t('tasks:new.look')}</Link>
        </p>
      )}
      {unclear ? (
        <Panel title={t('tasks:new.which')}>
          <p className="soft">{t('tasks:new.which_why')}</p>
          <Columns columns={columns} busy={ask.isPending} choose={chosen} />
        </Panel>
      ) : (
        <ProblemView error={ask.error} />
      )}
      {ask.error && !unclear && <Columns columns={columns} busy={ask.isPending} choose={chosen} />}
      {!task.data && !ask.error && <Loading rows={6} />}
      {task.data && (
        <>
          <Question
            task={task.data}
            columns={columns.length}
            change={
              <Button onClick={() => setOther(!other)} aria-expanded={other}>
                {t('tasks:new.other')}
              </Button>
            }
          >
            {other && <Columns columns={columns} busy={ask.isPending} choose={chosen} />}
          </Question>
          <Offers
            task={task.data}
            again={() => ask.mutate({ body: { dataset_id: dataset, target: task.data.target } })}
          />
          <Look dataset={dataset} columns={columns} />
        </>
      )}
    </>
  )

  function chosen(target: string) {
    ask.mutate({ body: { dataset_id: dataset, target } })
  }
}

export interface Column {
  name: string
  kind: string
  missing: number
  distinct: number
}

function columnsOf(dataset: Schemas['DatasetOut'] | undefined): Column[] {
  const profile = dataset?.profile as { columns?: Column[] } | null | undefined
  return profile?.columns ?? []
}

function Columns({
  columns,
  busy,
  choose,
}: {
  columns: Column[]
  busy: boolean
  choose: (name: string) => void
}) {
  const t = useWords('tasks')
  return (
    <Select
      aria-label={t('tasks:new.column')}
      placeholder={t('tasks:new.column')}
      showSearch={{ optionFilterProp: 'label' }}
      loading={busy}
      disabled={busy}
      virtual
      style={{ width: '100%', maxWidth: 420, marginTop: 12 }}
      onChange={choose}
      options={columns.map((each) => ({ value: each.name, label: each.name }))}
    />
  )
}
