import { Button, Switch } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { problemOf } from '../../api/client'
import { download } from '../../parts/download'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useWords } from '../../words'
import { isOver, type Job } from './jobs'

const MOST = 200_000
const EVERY_MS = 2000

/** The end of a job's log; it grows while the job runs. */
export function JobLog({ job }: { job: Job }) {
  const t = useWords('run')
  const [follow, setFollow] = useState(true)
  const { text, error, again } = useLog(job.job_id, job.attempt, follow && !isOver(job))
  const place = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are scrolled into sight
  useEffect(() => {
    if (follow && place.current) place.current.scrollTop = place.current.scrollHeight
  }, [text, follow])
  return (
    <Panel
      title={t('run:job.log')}
      extra={
        <>
          {!isOver(job) && (
            <span className="row">
              <Switch
                size="small"
                checked={follow}
                onChange={setFollow}
                aria-label={t('run:job.follow')}
              />
              <span className="small soft">{t('run:job.follow')}</span>
            </span>
          )}
          <Button
            size="small"
            onClick={() => download(`/v1/jobs/${job.job_id}/log`, `${job.job_id}.log`)}
          >
            {t('parts:download')}
          </Button>
        </>
      }
    >
      <ProblemView error={error} again={again} />
      <div
        ref={place}
        className="log"
        role="log"
        aria-live="off"
        aria-label={t('run:job.log')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard, too
        tabIndex={0}
      >
        {text || t('run:job.log_empty')}
      </div>
    </Panel>
  )
}

/** The log from its beginning on, asked for again from where it ended. */
function useLog(id: string, attempt: number, going: boolean) {
  const [text, setText] = useState('')
  const [error, setError] = useState<unknown>()
  const [tries, setTries] = useState(0)
  const offset = useRef(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt has another log
  useEffect(() => {
    offset.current = 0
    setText('')
  }, [id, attempt])
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    let gone = false
    let timer = 0
    const ask = async () => {
      try {
        const answer = await fetch(`/v1/jobs/${id}/log?offset=${offset.current}`)
        if (!answer.ok) throw await problemOf(answer)
        const more = await answer.text()
        if (gone) return
        const next = Number(answer.headers.get('X-Next-Offset') ?? offset.current)
        const moved = next > offset.current
        offset.current = next
        if (more) setText((before) => (before + more).slice(-MOST))
        if (moved) timer = window.setTimeout(ask, 50)
        else if (going) timer = window.setTimeout(ask, EVERY_MS)
      } catch (wrong) {
        if (!gone) setError(wrong)
      }
    }
    ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [id, attempt, going, tries])
  return {
    text,
    error,
    again: () => {
      setError(undefined)
      setTries(tries + 1)
    },
  }
}
