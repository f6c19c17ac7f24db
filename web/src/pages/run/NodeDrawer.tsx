import { App, Button, Drawer } from 'antd'
import { Link } from 'react-router'
import { $api, refresh, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { Empty } from '../../parts/Empty'
import { ProblemView } from '../../parts/ProblemView'
import { Quality } from '../../parts/Quality'
import { State } from '../../parts/State'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { gib } from './gib'
import type { Node } from './poolLayout'
import { Share } from './Share'
import { useJobsOn } from './useJobsOn'
import './run.css'

interface NodeDrawerProps {
  name: string | undefined
  node: Node | undefined
  /** Whether the pool was read, so that a name it does not have is an error and no delay. */
  known: boolean
  onClose: () => void
}

/** One node: what it has, what runs there, what one can do with it. */
export function NodeDrawer({ name, node, known, onClose }: NodeDrawerProps) {
  const t = useWords('run')
  return (
    <Drawer
      open={name !== undefined}
      onClose={onClose}
      size={520}
      title={
        <span className="row">
          {name}
          {node?.simulated && <Quality word="simulated" />}
        </span>
      }
    >
      {node ? (
        <Content node={node} onClose={onClose} />
      ) : (
        known && <Empty title={t('run:pool.gone')}>{t('run:pool.gone_why')}</Empty>
      )}
    </Drawer>
  )
}

function Content({ node, onClose }: { node: Node; onClose: () => void }) {
  const t = useWords('run')
  const format = useFormat()
  const may = useMay()
  const jobs = useJobsOn(node.name, may('see_jobs'))
  return (
    <div className="stack wide">
      <dl className="facts">
        <dt>{t('run:pool.state')}</dt>
        <dd>
          <State of={node.state} />
        </dd>
        <dt>{t('run:pool.rack')}</dt>
        <dd>{node.rack || t('run:pool.unnamed')}</dd>
        <dt>{t('run:cores')}</dt>
        <dd>
          {t('run:pool.free_of', {
            free: format.number(node.cpu_milli_free / 1000, 1),
            all: format.number(node.cores),
          })}
        </dd>
        <dt>{t('run:memory')}</dt>
        <dd>
          {t('run:pool.free_of', {
            free: gib(node.memory_mb_free, format),
            all: gib(node.memory_mb, format),
          })}
        </dd>
      </dl>
      {may('set_nodes') && <Moves node={node} jobs={jobs?.length} onRemoved={onClose} />}
      <section className="stack">
        <h3>{t('run:pool.devices')}</h3>
        {node.devices.length === 0 && <p className="soft">{t('run:pool.no_devices')}</p>}
        {node.devices.map((device) => (
          <div key={device.name} className="device">
            <b>{device.name}</b>
            <span className="soft small">
              {device.vendor} {device.model} · {gib(device.memory_mb, format)}
            </span>
            <Share
              share={1 - device.milli_free / 1000}
              text={t('run:pool.free_share', {
                share: format.percent(device.milli_free / 1000, 0),
              })}
              simulated={device.simulated}
            />
          </div>
        ))}
      </section>
      {may('see_jobs') && (
        <section className="stack">
          <h3>{t('run:pool.runs_here')}</h3>
          {jobs?.length === 0 && <p className="soft">{t('run:pool.runs_nothing')}</p>}
          {jobs?.map((job) => (
            <div key={job.job_id} className="row between">
              <Link to={`/ops/jobs/${job.job_id}`} className="mono">
                {job.algorithm} · {job.tenant_name} · {job.job_id.slice(-8)}
              </Link>
              <State of={job.state} />
            </div>
          ))}
        </section>
      )}
    </div>
  )
}

type Wish = Schemas['NodeIn']['state']

/** Each move with what will happen; draining and taking down are undone by making ready. */
function Moves({
  node,
  jobs,
  onRemoved,
}: {
  node: Node
  jobs: number | undefined
  onRemoved: () => void
}) {
  const t = useWords('run')
  const { modal, message } = App.useApp()
  const set = $api.useMutation('post', '/v1/nodes/{name}')
  const remove = $api.useMutation('delete', '/v1/nodes/{name}')
  const params = { path: { name: node.name } }
  const become = async (state: Wish) => {
    await set.mutateAsync({ params, body: { state } })
    message.success(t(`run:pool.became.${state}`, { name: node.name }))
    refresh('/v1/nodes', '/v1/board')
  }
  const confirm = (kind: 'down' | 'remove', onOk: () => Promise<unknown>) =>
    modal.confirm({
      title: t(`run:pool.ask.${kind}`, { name: node.name }),
      content: t(`run:pool.ask.${kind}_why`, { count: jobs ?? 0 }),
      okText: t(`run:pool.move.${kind}`),
      okButtonProps: { danger: true },
      onOk: () => onOk().catch(() => undefined),
    })
  const moves: [Wish, string][] = [
    ['ready', 'ready'],
    ['draining', 'draining'],
    ['down', 'down'],
  ]
  return (
    <section className="stack">
      <h3>{t('run:pool.moves')}</h3>
      <ProblemView error={set.error ?? remove.error} />
      {moves
        .filter(([state]) => state !== node.state && (state !== 'down' || node.simulated))
        .map(([state, name]) => (
          <div key={state} className="move">
            <Button
              type={state === 'ready' ? 'primary' : 'default'}
              danger={state === 'down'}
              loading={set.isPending && set.variables?.body.state === state}
              onClick={() =>
                state === 'down'
                  ? confirm('down', () => become('down'))
                  : become(state).catch(() => undefined)
              }
            >
              {t(`run:pool.move.${name}`)}
            </Button>
            <span className="soft small">{t(`run:pool.move.${name}_why`)}</span>
          </div>
        ))}
      {node.added && (
        <div className="move">
          <Button
            danger
            disabled={node.state === 'ready' || !!jobs}
            loading={remove.isPending}
            onClick={() =>
              confirm('remove', async () => {
                await remove.mutateAsync({ params })
                message.success(t('run:pool.removed', { name: node.name }))
                onRemoved()
                refresh('/v1/nodes', '/v1/board')
              })
            }
          >
            {t('run:pool.move.remove')}
          </Button>
          <span className="soft small">
            {t(node.state === 'ready' ? 'run:pool.move.remove_first' : 'run:pool.move.remove_why')}
          </span>
        </div>
      )}
    </section>
  )
}
