import { Progress } from 'antd'
import { useMemo } from 'react'
import { $api, type Schemas } from '../../api/client'
import { Ask } from '../../parts/Ask'
import { Chart } from '../../parts/Chart'
import { Figure } from '../../parts/Figure'
import { useHowGood } from '../../parts/HowGood'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { told } from './task'

type Task = Schemas['TaskOut']
type Course = Schemas['ProgressOut']

/** How far it is: the stage in words, how good the best is so far, how long it still takes. */
export function Course({ task }: { task: Task }) {
  const t = useWords('tasks')
  const said = useSaid()
  const format = useFormat()
  const howGood = useHowGood()
  const { data, error, refetch } = $api.useQuery('get', '/v1/tasks/{task_id}/progress', {
    params: { path: { task_id: task.task_id } },
  })
  const going = ['queued', 'starting', 'running', 'wrapping'].includes(task.state)
  return (
    <div className="stack">
      <Panel>
        <div className="stack">
          <div aria-live="polite">
            <div className="question">{said(task.stage_zh, task.stage_en)}</div>
            {task.state === 'solved' && <p className="soft">{howGood(told(task.quality))}</p>}
          </div>
          {going && (
            <Progress
              percent={Math.round((task.fraction ?? 0) * 100)}
              status="active"
              aria-label={t('tasks:task.progress_of', { name: task.target })}
            />
          )}
          <div className="grid figures">
            <Figure
              small
              label={t('tasks:course.began')}
              value={<Time at={task.started_at} exact />}
            />
            {going ? (
              <Figure
                small
                label={t('tasks:course.left')}
                quality={task.eta_s == null ? null : 'modelled'}
                value={task.eta_s == null ? '–' : format.duration(task.eta_s)}
              />
            ) : (
              <Figure
                small
                label={t('tasks:course.ended')}
                value={<Time at={task.ended_at} exact />}
              />
            )}
            <Figure
              small
              label={t(going ? 'tasks:course.so_far' : 'tasks:course.charge')}
              ask="charge"
              value={
                (task.money.charge_yuan ?? task.money.so_far_yuan)
                  ? format.yuan(task.money.charge_yuan ?? task.money.so_far_yuan ?? 0)
                  : '–'
              }
            />
          </div>
        </div>
      </Panel>
      {task.waiting && <Waiting waiting={task.waiting} />}
      {task.failure && <Failure failure={task.failure} />}
      <ProblemView error={error} again={() => refetch()} />
      {data && <Curve course={data} />}
      {data && data.points.length > 0 && <Stages course={data} />}
    </div>
  )
}

function Waiting({ waiting }: { waiting: NonNullable<Task['waiting']> }) {
  const t = useWords('tasks')
  const said = useSaid()
  return (
    <Panel title={t('tasks:waiting.title')}>
      <p>{said(waiting.zh, waiting.en)}</p>
      <p className="soft">
        {waiting.ahead > 0 && t('tasks:waiting.ahead', { count: waiting.ahead })}{' '}
        {waiting.starts_between && (
          <>
            {t('tasks:waiting.between')} <Time at={waiting.starts_between[0]} exact /> –{' '}
            <Time at={waiting.starts_between[1]} exact />
          </>
        )}
      </p>
    </Panel>
  )
}

function Failure({ failure }: { failure: NonNullable<Task['failure']> }) {
  const t = useWords('tasks')
  const said = useSaid()
  return (
    <div className="problem" role="alert">
      <div className="stack tight">
        <strong>{said(failure.zh, failure.en)}</strong>
        <span>{said(failure.next_zh, failure.next_en)}</span>
        {failure.message && (
          <details>
            <summary>{t('tasks:course.words')}</summary>
            <p className="mono">{failure.message}</p>
          </details>
        )}
      </div>
    </div>
  )
}

/** The best so far over the time of work; lower or higher is better, and it says which. */
function Curve({ course }: { course: Course }) {
  const t = useWords('tasks')
  const format = useFormat()
  const points = useMemo(() => course.points.filter((each) => each.best_score != null), [course])
  const option = useMemo(
    () => ({
      xAxis: { type: 'value', name: t('tasks:curve.seconds'), min: 0 },
      yAxis: { type: 'value', scale: true },
      tooltip: { valueFormatter: (value: number) => format.significant(value, 4) },
      series: [
        {
          type: 'line',
          step: 'end',
          symbolSize: 6,
          name: t('tasks:curve.best'),
          areaStyle: { opacity: 0.08 },
          data: points.map((each) => [each.seconds, each.best_score]),
        },
      ],
    }),
    [points, t, format],
  )
  if (points.length < 2) return null
  const last = points.at(-1)
  return (
    <Panel
      title={
        course.metric ? (
          <Ask code={course.metric}>{t('tasks:curve.title')}</Ask>
        ) : (
          t('tasks:curve.title')
        )
      }
    >
      <p className="soft small">
        {t(course.lower_is_better ? 'tasks:curve.lower' : 'tasks:curve.higher')}
      </p>
      <Chart
        option={option}
        label={t('tasks:curve.label', {
          count: points.length,
          best: format.significant(last?.best_score ?? 0, 4),
        })}
      />
    </Panel>
  )
}

/** What was done, in order, each thing once. */
function Stages({ course }: { course: Course }) {
  const t = useWords('tasks')
  const said = useSaid()
  const format = useFormat()
  const seen = course.points.filter(
    (each, index, all) => index === 0 || each.stage !== all[index - 1]?.stage,
  )
  return (
    <Panel title={t('tasks:course.stages')}>
      <ol className="moves">
        {seen.map((each) => (
          <li key={`${each.stage}${each.at}`}>
            {said(each.stage_zh, each.stage_en)}{' '}
            <span className="faint small">{format.duration(each.seconds)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
