import { Button, Checkbox, Progress, Radio } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { api, type Schemas } from '../../api/client'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { Courses } from './Courses'
import { PolicyForm } from './PolicyForm'
import { PoolForm } from './PoolForm'
import { SpanChoice } from './SpanChoice'
import { useSpan } from './useSpan'
import './run.css'

const MOST_S = 300

type Asked = Schemas['ReplayIn']
type Answer = Schemas['ReplayOut']

/** What if: the centre's own history under other rules or on another pool. */
export default function Replay() {
  const t = useWords('run')
  const span = useSpan('7d')
  const [policy, setPolicy] = useState<string>()
  const [pool, setPool] = useState<string>()
  const [retrace, setRetrace] = useState(false)
  const { run, give_up, answer, error, since } = useReplay()
  return (
    <Page
      title={t('run:replay.title')}
      lead={t('run:replay.lead')}
      actions={
        <Button
          type="primary"
          loading={since !== undefined}
          onClick={() =>
            run({
              since: span.since,
              until: span.until,
              policy: policy ?? null,
              pool: pool ?? null,
              retrace,
            })
          }
        >
          {t('run:replay.run')}
        </Button>
      }
    >
      <Panel title={t('run:replay.span')}>
        <div className="stack">
          <SpanChoice span={span} />
          <Checkbox checked={retrace} onChange={(event) => setRetrace(event.target.checked)}>
            {t('run:replay.retrace')}
          </Checkbox>
          <p className="small soft">{t('run:replay.retrace_why')}</p>
        </div>
      </Panel>
      <div className="grid halves">
        <Change title={t('run:replay.policy')} what="policy" set={setPolicy} />
        <Change title={t('run:replay.pool')} what="pool" set={setPool} />
      </div>
      {since !== undefined && <Going since={since} giveUp={give_up} />}
      <ProblemView error={error} />
      {answer && <Courses answer={answer} />}
    </Page>
  )
}

/** One thing that may be changed: as it is, or otherwise. */
function Change({
  title,
  what,
  set,
}: {
  title: string
  what: 'policy' | 'pool'
  set: (text: string | undefined) => void
}) {
  const t = useWords('run')
  const [other, setOther] = useState(false)
  return (
    <Panel title={title}>
      <div className="stack">
        <Radio.Group
          aria-label={title}
          value={other}
          onChange={(event) => {
            setOther(event.target.value)
            if (!event.target.value) set(undefined)
          }}
          options={[
            { value: false, label: t('run:replay.as_today') },
            { value: true, label: t('run:replay.otherwise') },
          ]}
        />
        {other && (what === 'policy' ? <PolicyForm onText={set} /> : <PoolForm onText={set} />)}
      </div>
    </Panel>
  )
}

function useReplay() {
  const [answer, setAnswer] = useState<Answer>()
  const [error, setError] = useState<unknown>()
  const [since, setSince] = useState<number>()
  const stop = useRef<AbortController>(null)
  useEffect(() => () => stop.current?.abort(), [])
  const run = async (body: Asked) => {
    const here = new AbortController()
    stop.current = here
    setSince(Date.now())
    setError(undefined)
    setAnswer(undefined)
    try {
      const { data } = await api.POST('/v1/replays', { body, signal: here.signal })
      setAnswer(data)
    } catch (wrong) {
      if (!here.signal.aborted) setError(wrong)
    } finally {
      if (stop.current === here) setSince(undefined)
    }
  }
  return {
    run,
    answer,
    error,
    since,
    give_up: () => {
      stop.current?.abort()
      setSince(undefined)
    },
  }
}

/** How long it has gone on; how far it is nobody knows before its end. */
function Going({ since, giveUp }: { since: number; giveUp: () => void }) {
  const t = useWords('run')
  const format = useFormat()
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const passed = Math.max(0, (now - since) / 1000)
  return (
    <Panel>
      <div className="stack">
        <p role="status">{t('run:replay.going')}</p>
        <Progress
          aria-label={t('run:replay.patience')}
          percent={Math.min(100, (100 * passed) / MOST_S)}
          showInfo={false}
        />
        <div className="row between">
          <span className="small soft">
            {t('run:replay.passed', {
              passed: format.duration(passed),
              most: format.duration(MOST_S),
            })}
          </span>
          <Button onClick={giveUp}>{t('run:replay.give_up')}</Button>
        </div>
      </div>
    </Panel>
  )
}
