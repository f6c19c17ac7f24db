import { useEffect, useRef } from 'react'
import { useSession } from './session'

/** An event of the live feed; see "The live feed" in the API's reference. */
export interface Heard {
  kind: string
  subject: string
  at: string
  facts: Record<string, unknown>
}

type Listener = (heard: Heard) => void

const KINDS = [
  'dataset.progress',
  'dataset.ready',
  'task.offered',
  'job.queued',
  'job.waiting',
  'job.starting',
  'job.running',
  'job.leaving',
  'job.idle',
  'job.progress',
  'job.succeeded',
  'job.failed',
  'job.cancelled',
  'solution.ready',
  'voucher.moved',
  'node.added',
  'node.changed',
  'node.removed',
]

/** One connection for the tab, opened by the first listener; the browser resumes it by ids. */
class Feed {
  private source: EventSource | null = null
  private readonly listeners = new Set<Listener>()
  constructor(private readonly address: string) {}

  listen(listener: Listener) {
    this.listeners.add(listener)
    this.source ??= this.open()
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size === 0) {
        this.source?.close()
        this.source = null
      }
    }
  }

  private open() {
    const source = new EventSource(this.address)
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        const heard = { kind, ...JSON.parse(event.data) } as Heard
        for (const tell of this.listeners) tell(heard)
      })
    }
    return source
  }
}

const feeds = { own: new Feed('/v1/events'), all: new Feed('/v1/events?of=all') }

/** Hear what happens; `all` is every tenant's, for who may see that. Kinds by their beginning. */
export function useLive(begins: string[], tell: Listener, whose: 'own' | 'all' = 'own') {
  const latest = useRef(tell)
  latest.current = tell
  const wanted = begins.join()
  const known = useSession() !== null
  useEffect(() => {
    if (!known) return
    const kinds = wanted.split(',')
    return feeds[whose].listen((heard) => {
      if (kinds.some((each) => heard.kind.startsWith(each))) latest.current(heard)
    })
  }, [known, wanted, whose])
}

/** Do something once events have been quiet for a moment, and at least every second of a storm. */
export function useCalm(act: () => void, quietMs = 150, mostMs = 1000) {
  const state = useRef({ timer: 0, first: 0 })
  const latest = useRef(act)
  latest.current = act
  useEffect(() => () => clearTimeout(state.current.timer), [])
  return () => {
    const now = performance.now()
    const { timer, first } = state.current
    clearTimeout(timer)
    const since = first || now
    const wait = Math.max(0, Math.min(quietMs, since + mostMs - now))
    state.current = {
      first: since,
      timer: window.setTimeout(() => {
        state.current = { timer: 0, first: 0 }
        latest.current()
      }, wait),
    }
  }
}
