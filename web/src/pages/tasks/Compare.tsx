import type { Schemas } from '../../api/client'
import { HowGood } from '../../parts/HowGood'
import { Panel } from '../../parts/Page'
import { Sideways } from '../../parts/Sideways'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { told } from './task'

type Task = Schemas['TaskOut']

/** A few results beside each other. */
export function Compare({ tasks }: { tasks: Task[] }) {
  const t = useWords('tasks')
  const format = useFormat()
  const rows: [string, (task: Task) => React.ReactNode][] = [
    [t('tasks:compare.data'), (task) => task.dataset_name],
    [t('tasks:tasks.quality'), (task) => <HowGood told={told(task.quality)} />],
    [
      t('tasks:tasks.effort'),
      (task) => (task.effort ? t(`tasks:offers.effort.${task.effort}`) : '–'),
    ],
    [t('tasks:tasks.cost'), (task) => format.yuan(task.money.charge_yuan ?? 0)],
    [
      t('tasks:compare.took'),
      (task) =>
        task.started_at && task.ended_at
          ? format.duration(
              (new Date(task.ended_at).getTime() - new Date(task.started_at).getTime()) / 1000,
            )
          : '–',
    ],
    [t('tasks:tasks.when'), (task) => <Time at={task.ended_at} exact />],
  ]
  return (
    <Panel title={t('tasks:compare.title')}>
      <Sideways>
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{t('tasks:tasks.question')}</th>
              {tasks.map((task) => (
                <th scope="col" key={task.task_id}>
                  {task.target}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, cell]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {tasks.map((task) => (
                  <td key={task.task_id}>{cell(task)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
    </Panel>
  )
}
