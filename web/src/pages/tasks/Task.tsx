import { App, Button, Popconfirm, Tabs } from 'antd'
import { useEffect, useRef } from 'react'
import { useParams } from 'react-router'
import { $api, refresh, type Schemas } from '../../api/client'
import { useCalm, useLive } from '../../api/live'
import { useMay } from '../../api/session'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Stream } from '../../parts/Stream'
import { useFilters } from '../../parts/useFilters'
import { useWords } from '../../words'
import { Cost } from './Cost'
import { Course } from './Course'
import { Report } from './Report'
import { Take } from './Take'
import { Try } from './Try'
import './tasks.css'
import { LinkButton } from '../../parts/LinkButton'

type TaskOut = Schemas['TaskOut']

const TABS = ['progress', 'report', 'try', 'take', 'cost'] as const
const GOING = ['queued', 'starting', 'running']

/** One question from its start to what is taken away. */
export default function Task() {
  const t = useWords('tasks')
  const { id = '' } = useParams()
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/v1/tasks/{task_id}',
    { params: { path: { task_id: id } } },
    { refetchInterval: ({ state }) => (over(state.data) ? false : 10_000) },
  )
  const calm = useCalm(() => refresh('/v1/tasks/{task_id}', '/v1/tasks/{task_id}/progress'))
  useLive(['job.', 'solution.'], ({ subject, facts }) => {
    if (!data || subject === data.job_id || facts.task_id === id) calm()
  })
  useEnd(data)
  return (
    <Page
      title={data ? data.target : t('tasks:task.loading')}
      lead={data ? t('tasks:from', { name: data.dataset_name }) : undefined}
      trail={[{ label: t('tasks:tasks.title'), to: '/tasks' }]}
      actions={data && <Acts task={data} />}
    >
      <ProblemView error={error} again={() => refetch()} />
      {!data && !error && <Loading rows={8} />}
      {data && (
        <>
          <Panel>
            <Stream
              now={data.state === 'offered' ? 'goal' : over(data) ? 'result' : 'progress'}
              done={data.state === 'solved'}
            />
          </Panel>
          {data.state === 'offered' ? <StillOpen task={data} /> : <Parts task={data} />}
        </>
      )}
    </Page>
  )
}

function over(task: TaskOut | undefined): boolean {
  return !!task && ['solved', 'failed', 'cancelled'].includes(task.state)
}

/** Say once, when it happens before one's eyes, that the result is there. */
function useEnd(task: TaskOut | undefined) {
  const t = useWords('tasks')
  const { message } = App.useApp()
  const before = useRef<string>(undefined)
  const [, set] = useFilters('tab')
  const state = task?.state
  useEffect(() => {
    if (before.current && before.current !== 'solved' && state === 'solved') {
      message.success(t('tasks:task.done'))
      refresh('/v1/me', '/v1/solutions', '/v1/tasks')
      set({ tab: 'report' })
    }
    before.current = state
  }, [state, message, t, set])
}

function StillOpen({ task }: { task: TaskOut }) {
  const t = useWords('tasks')
  return (
    <Panel>
      <p>{t('tasks:task.open')}</p>
      <p style={{ marginTop: 14 }}>
        <LinkButton to={`/new?dataset=${task.dataset_id}&task=${task.task_id}`} type="primary">
          {t('tasks:task.decide')}
        </LinkButton>
      </p>
    </Panel>
  )
}

function Parts({ task }: { task: TaskOut }) {
  const t = useWords('tasks')
  const [{ tab }, set] = useFilters('tab')
  const ready = task.state === 'solved' && task.solution_id !== null
  const first = ready ? 'report' : 'progress'
  const shown = TABS.find((each) => each === tab && (ready || each === 'cost')) ?? first
  const solution = task.solution_id ?? ''
  const content = {
    progress: <Course task={task} />,
    report: <Report solution={solution} />,
    try: <Try task={task} solution={solution} />,
    take: <Take solution={solution} />,
    cost: <Cost task={task} />,
  }
  return (
    <Tabs
      activeKey={shown}
      destroyOnHidden
      onChange={(key) => set({ tab: key })}
      items={TABS.map((key) => ({
        key,
        label: t(`tasks:task.tab.${key}`),
        children: content[key],
        disabled: !ready && ['report', 'try', 'take'].includes(key),
      }))}
    />
  )
}

/** The one thing to do now: stop it while it runs, take it away once it is done. */
function Acts({ task }: { task: TaskOut }) {
  const t = useWords('tasks')
  const may = useMay()
  const { mutate, isPending } = $api.useMutation('post', '/v1/jobs/{job_id}/stop', {
    onSuccess: () => refresh('/v1/tasks/{task_id}'),
  })
  if (task.state === 'solved' && task.solution_id) {
    return (
      <>
        <LinkButton to={`/receipts/${task.solution_id}`}>{t('tasks:task.receipt')}</LinkButton>
        <Button type="primary" href={`/v1/solutions/${task.solution_id}/archive`} download>
          {t('tasks:task.take')}
        </Button>
      </>
    )
  }
  if (task.job_id && GOING.includes(task.state) && may('work')) {
    const job_id = task.job_id
    return (
      <Popconfirm
        title={t('tasks:task.stop_sure')}
        description={t('tasks:task.stop_what')}
        onConfirm={() => mutate({ params: { path: { job_id } } })}
      >
        <Button loading={isPending}>{t('tasks:task.stop')}</Button>
      </Popconfirm>
    )
  }
  if (['failed', 'cancelled'].includes(task.state) && may('work')) {
    return (
      <LinkButton to={`/new?dataset=${task.dataset_id}`} type="primary">
        {t('tasks:task.again')}
      </LinkButton>
    )
  }
  return null
}
