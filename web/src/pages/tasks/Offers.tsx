import { Button, Select } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { $api, refresh, type Schemas } from '../../api/client'
import { asProblem } from '../../api/problem'
import { Ask } from '../../parts/Ask'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Quality, type QualityWord } from '../../parts/Quality'
import { useFilters } from '../../parts/useFilters'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'

type Task = Schemas['TaskOut']
type Offer = Task['offers'][number]

/** Three offers, each with its price before it begins; the middle one is suggested. */
export function Offers({ task, again }: { task: Task; again: () => void }) {
  const t = useWords('tasks')
  const go = useNavigate()
  const [filters, set] = useFilters('effort')
  const asked = task.offers.find((each) => each.effort === filters.effort)
  const [effort, setEffort] = useState(asked?.effort ?? 'standard')
  const [project, setProject] = useState<string>()
  const projects = $api.useQuery('get', '/v1/projects', { params: { query: { limit: 200 } } })
  const open = projects.data?.items.filter((each) => !each.closed_at) ?? []
  const { mutate, isPending, error } = $api.useMutation('post', '/v1/tasks/{task_id}/accept', {
    onSuccess: () => {
      refresh('/v1/tasks', '/v1/tasks/{task_id}', '/v1/me', '/v1/account')
      go(`/tasks/${task.task_id}`)
    },
  })
  const expired = error && asProblem(error).code === 'quote_expired'
  return (
    <Panel title={t('tasks:offers.title')}>
      <fieldset className="offers" style={{ border: 0, padding: 0, margin: 0 }}>
        <legend className="hidden-text">{t('tasks:offers.title')}</legend>
        {task.offers.map((offer) => (
          <OfferCard
            key={offer.effort}
            offer={offer}
            chosen={offer.effort === effort}
            choose={() => {
              setEffort(offer.effort)
              set({ effort: offer.effort })
            }}
          />
        ))}
      </fieldset>
      <p className="soft small" style={{ marginTop: 12 }}>
        {t('tasks:offers.promise')}
      </p>
      {expired ? (
        <div className="problem" role="alert">
          <span className="grow">{t('problems:quote_expired.what')}</span>
          <Button type="primary" onClick={again}>
            {t('tasks:offers.again')}
          </Button>
        </div>
      ) : (
        <ProblemView error={error} />
      )}
      <div className="row" style={{ marginTop: 16 }}>
        <Button
          type="primary"
          size="large"
          loading={isPending}
          onClick={() =>
            mutate({
              params: { path: { task_id: task.task_id } },
              body: { effort, project: project ?? null },
            })
          }
        >
          {t('tasks:offers.start')}
        </Button>
        {open.length > 0 && (
          <Select
            aria-label={t('tasks:offers.project')}
            placeholder={t('tasks:offers.project')}
            allowClear
            style={{ minWidth: 200 }}
            value={project}
            onChange={setProject}
            options={open.map((each) => ({ value: each.project_id, label: each.name }))}
          />
        )}
      </div>
    </Panel>
  )
}

function OfferCard({
  offer,
  chosen,
  choose,
}: {
  offer: Offer
  chosen: boolean
  choose: () => void
}) {
  const t = useWords('tasks')
  const format = useFormat()
  return (
    <label className={chosen ? 'offer chosen' : 'offer'}>
      <span className="row between">
        <b>{t(`tasks:offers.effort.${offer.effort}`)}</b>
        <input type="radio" name="effort" checked={chosen} onChange={choose} value={offer.effort} />
      </span>
      <span className="soft small">{t(`tasks:offers.why.${offer.effort}`)}</span>
      <span>
        <span className="small faint">{t('tasks:offers.at_most')}</span>
        <br />
        <span className="price">{format.yuan(offer.money_high_yuan)}</span>
      </span>
      <dl>
        <dt>
          <Ask code="quote">{t('tasks:offers.likely')}</Ask>
        </dt>
        <dd>
          {t('tasks:offers.range', {
            low: format.yuan(offer.money_low_yuan),
            high: format.yuan(offer.money_high_yuan),
          })}
        </dd>
        <dt>{t('tasks:offers.time')}</dt>
        <dd>
          {t('tasks:offers.range', {
            low: format.duration(offer.seconds_low),
            high: format.duration(offer.seconds_high),
          })}
        </dd>
        <dt>
          {t('tasks:offers.energy')} <Quality word={offer.energy_quality as QualityWord} />
        </dt>
        <dd>{t('tasks:offers.up_to', { most: format.energy(offer.energy_high_wh) })}</dd>
      </dl>
    </label>
  )
}
