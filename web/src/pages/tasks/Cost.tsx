import { $api, type Schemas } from '../../api/client'
import { Ask } from '../../parts/Ask'
import { Figure } from '../../parts/Figure'
import { LinkButton } from '../../parts/LinkButton'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'

/** What was quoted, what is held, what it came to, and why. */
export function Cost({ task }: { task: Schemas['TaskOut'] }) {
  const t = useWords('tasks')
  const said = useSaid()
  const format = useFormat()
  const job = $api.useQuery(
    'get',
    '/v1/jobs/{job_id}',
    { params: { path: { job_id: task.job_id ?? '' } } },
    { enabled: task.job_id !== null },
  )
  const receipt = $api.useQuery(
    'get',
    '/v1/receipts/{solution_id}',
    { params: { path: { solution_id: task.solution_id ?? '' } } },
    { enabled: task.state === 'solved' },
  )
  const money = job.data?.money
  const high = Number(money?.quote_high_yuan ?? task.money.quote_high_yuan ?? 0)
  const cost = Number(task.money.charge_yuan ?? task.money.so_far_yuan ?? 0)
  const share = high > 0 ? Math.min(1, cost / high) : 0
  const energy = receipt.data?.energy
  return (
    <div className="stack">
      <ProblemView error={job.error ?? receipt.error} />
      <Panel>
        <div className="stack">
          <div className="row between">
            <span>
              <Ask code="charge">
                {t(task.money.charge_yuan ? 'tasks:cost.charged' : 'tasks:course.so_far')}
              </Ask>{' '}
              <b>{format.yuan(cost)}</b>
            </span>
            <span>
              <Ask code="quote">{t('tasks:cost.most')}</Ask> <b>{format.yuan(high)}</b>
            </span>
          </div>
          <div
            className="money-line"
            role="img"
            aria-label={t('tasks:cost.line', { cost: format.yuan(cost), most: format.yuan(high) })}
          >
            <span style={{ width: `${share * 100}%` }} />
            <span style={{ width: `${(1 - share) * 100}%` }} />
          </div>
          <p className="soft">
            {money?.explanation_zh && money.explanation_en
              ? said(money.explanation_zh, money.explanation_en)
              : t('tasks:cost.running')}
          </p>
        </div>
      </Panel>
      {energy && (
        <Panel title={t('tasks:cost.footprint')}>
          <div className="grid figures">
            <Figure
              label={t('tasks:cost.energy')}
              ask="energy"
              quality={energy.energy_quality}
              value={format.energy(energy.energy_wh)}
            />
            <Figure
              label={t('tasks:cost.carbon')}
              ask="carbon"
              quality={energy.carbon_quality}
              value={format.carbon(energy.carbon_g)}
            />
          </div>
        </Panel>
      )}
      {task.state === 'solved' && (
        <div>
          <LinkButton to={`/receipts/${task.solution_id}`}>{t('tasks:task.receipt')}</LinkButton>
        </div>
      )}
    </div>
  )
}
