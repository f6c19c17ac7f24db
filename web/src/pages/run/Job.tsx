import { Button, Progress } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { $api, refresh } from '../../api/client'
import { useLive } from '../../api/live'
import { useMay } from '../../api/session'
import { Copy } from '../../parts/Copy'
import { Figure } from '../../parts/Figure'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { State } from '../../parts/State'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { Allocations } from './Allocations'
import { Hear } from './Hear'
import { JobLog } from './JobLog'
import { JobRequest } from './JobRequest'
import { JobStory } from './JobStory'
import { isOver, type Job } from './jobs'
import { SoonerWays } from './SoonerWays'
import { useStop } from './useStop'
import './run.css'

/** One job, whole: where it stands and why, its story, what it asked for and got, its log. */
export default function JobPage() {
  const t = useWords('run')
  const { id = '' } = useParams()
  const may = useMay()
  const params = { path: { job_id: id } }
  const {
    data: job,
    error,
    refetch,
  } = $api.useQuery(
    'get',
    '/v1/jobs/{job_id}',
    { params },
    { refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : 10_000) },
  )
  return (
    <Page
      title={t('run:job.title', { id: id.slice(-8) })}
      trail={[{ label: t('run:nav.queue'), to: '/ops/queue' }]}
      lead={job && <Why job={job} />}
      actions={job && may('operate') && <Actions job={job} />}
    >
      <Hear begins={['job.']} act={() => refresh('/v1/jobs/{job_id}')} mostMs={1000} />
      {error ? (
        <ProblemView error={error} again={refetch} />
      ) : job ? (
        <Content job={job} />
      ) : (
        <Loading rows={10} />
      )}
    </Page>
  )
}

/** Why it is where it is, in a sentence. */
function Why({ job }: { job: Job }) {
  const t = useWords('run')
  const said = useSaid()
  const told = job.waiting ?? job
  return (
    <>
      {said(told.why_zh, told.why_en) ?? t(`run:job.why.${job.state}`)}
      {job.message && job.state === 'failed' && <span className="mono"> {job.message}</span>}
    </>
  )
}

function Actions({ job }: { job: Job }) {
  const t = useWords('run')
  const stop = useStop()
  const resume = $api.useMutation('post', '/v1/jobs/{job_id}/resume', {
    onSuccess: () => refresh('/v1/jobs/{job_id}'),
  })
  return (
    <>
      {job.waiting?.reason === 'suspended' && (
        <Button
          type="primary"
          loading={resume.isPending}
          onClick={() => resume.mutate({ params: { path: { job_id: job.job_id } } })}
        >
          {t('run:job.resume')}
        </Button>
      )}
      {!isOver(job) && (
        <Button danger onClick={() => stop(job.job_id)}>
          {t('run:job.stop')}
        </Button>
      )}
    </>
  )
}

function Content({ job }: { job: Job }) {
  const t = useWords('run')
  const may = useMay()
  return (
    <>
      <Panel>
        <div className="stack">
          <div className="grid figures">
            <Figure small label={t('run:job.state')} value={<State of={job.state} />} />
            <Figure small label={t('run:job.submitted')} value={<Time at={job.submitted_at} />} />
            {job.started_at && (
              <Figure small label={t('run:job.started')} value={<Time at={job.started_at} />} />
            )}
            {job.ended_at && (
              <Figure small label={t('run:job.ended')} value={<Time at={job.ended_at} />} />
            )}
            <Waits job={job} />
            <Figure small label={t('run:job.attempt')} value={job.attempt || '–'} />
            <Figure small label={t('run:job.class')} value={t(`run:class.${job.price_class}`)} />
          </div>
          {job.state === 'running' && <HowFar job={job} />}
          <div className="row small soft">
            <span className="mono">{job.job_id}</span>
            <Copy text={job.job_id} />
          </div>
        </div>
      </Panel>
      {job.state === 'queued' && <SoonerWays id={job.job_id} />}
      <div className="grid halves">
        <Panel title={t('run:job.story')}>
          <JobStory job={job} />
        </Panel>
        <div className="stack">
          <Panel title={t('run:job.request')}>
            <JobRequest job={job} />
          </Panel>
          {job.money && <Money money={job.money} />}
        </div>
      </div>
      {job.allocations.length > 0 && <Allocations job={job} />}
      {may('see_records') && job.attempt > 0 && <JobLog job={job} />}
    </>
  )
}

function Waits({ job }: { job: Job }) {
  const t = useWords('run')
  const format = useFormat()
  if (!job.waiting) return null
  const between = job.waiting.starts_between
  return (
    <>
      <Figure
        small
        ask="ahead"
        label={t('run:job.place')}
        value={t('run:job.ahead', { count: job.waiting.ahead })}
      />
      <Figure
        small
        ask="starts_between"
        label={t('run:job.starts')}
        value={
          between
            ? t('run:job.between', {
                from: format.moment(between[0] ?? ''),
                to: format.moment(between[1] ?? ''),
              })
            : t('run:job.not_known')
        }
        quality={between ? 'modelled' : null}
      />
    </>
  )
}

/** What the algorithm itself last told of its progress. */
function HowFar({ job }: { job: Job }) {
  const t = useWords('run')
  const [told, setTold] = useState<{ fraction: number; stage: string }>()
  useLive(
    ['job.progress'],
    ({ subject, facts }) => {
      if (subject !== job.job_id || typeof facts.fraction !== 'number') return
      setTold({ fraction: facts.fraction, stage: String(facts.stage ?? '') })
    },
    'all',
  )
  if (!told) return null
  return (
    <div aria-live="polite">
      <Progress
        aria-label={t('run:job.progress')}
        percent={Math.round(told.fraction * 100)}
        format={(percent) => `${percent}%`}
      />
      <span className="small soft">{told.stage}</span>
    </div>
  )
}

function Money({ money }: { money: NonNullable<Job['money']> }) {
  const t = useWords('run')
  const said = useSaid()
  const format = useFormat()
  return (
    <Panel title={t('run:job.money')}>
      <div className="stack">
        <div className="grid figures">
          <Figure
            small
            ask="quote"
            label={t('run:job.quote')}
            value={`${format.yuan(money.quote_low_yuan)} – ${format.yuan(money.quote_high_yuan)}`}
          />
          {money.so_far_yuan != null && (
            <Figure
              small
              ask="so_far"
              label={t('run:job.so_far')}
              value={format.yuan(money.so_far_yuan)}
            />
          )}
          {money.charge_yuan != null && (
            <Figure
              small
              ask="charge"
              label={t('run:job.charge')}
              value={format.yuan(money.charge_yuan)}
            />
          )}
        </div>
        {money.explanation_zh && (
          <p className="soft">{said(money.explanation_zh, money.explanation_en)}</p>
        )}
      </div>
    </Panel>
  )
}
