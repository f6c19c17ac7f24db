import type { Running, Waiting } from './useQueue'

/** One job on one line: it holds it from `from`, is expected to leave at `to`, must at `limit`. */
export interface Bar {
  job: string
  label: string
  tenant: string
  price_class: string
  waits: boolean
  from: number
  to: number
  limit: number
  lane: number
}

export interface Line {
  name: string
  y: number
  h: number
  lanes: number
  bars: Bar[]
  /** The first line of those that wait has the title of them above it. */
  opens: boolean
}

export interface Gantt {
  lines: Line[]
  height: number
}

export const LANE = 15
export const TITLE = 30
const AROUND = 4
const collator = new Intl.Collator(undefined, { numeric: true })

/** What runs, a line for each node or for each job, and under it who is expected to start when. */
export function layOutGantt(
  running: readonly Running[],
  waiting: readonly Waiting[],
  now: number,
  by: 'node' | 'job',
): Gantt {
  const held = new Map<string, Bar[]>()
  for (const job of running) {
    const bar = barOf(job, now)
    const names = by === 'node' ? job.allocations.map((each) => each.node) : [job.job_id]
    for (const name of names) {
      const there = held.get(name)
      if (there) there.push({ ...bar })
      else held.set(name, [{ ...bar }])
    }
  }
  const names = [...held.keys()]
  if (by === 'node') names.sort(collator.compare)
  const lines: Line[] = []
  let y = 0
  const push = (name: string, bars: Bar[], opens = false) => {
    const lanes = inLanes(bars)
    if (opens) y += TITLE
    const h = lanes * LANE + 2 * AROUND
    lines.push({ name, y, h, lanes, bars, opens })
    y += h
  }
  for (const name of names) {
    const bars = held.get(name) ?? []
    push(by === 'node' ? name : (bars[0]?.label ?? name), bars)
  }
  const coming = waiting.filter((job) => job.starts_between)
  coming.forEach((job, index) => {
    push(job.place === null ? '–' : `${job.place}`, [comingOf(job)], index === 0)
  })
  return { lines, height: y }
}

function barOf(job: Running, now: number): Bar {
  const from = job.started_at ? Date.parse(job.started_at) : now
  return {
    job: job.job_id,
    label: `${job.algorithm} ${job.job_id.slice(-8)}`,
    tenant: job.tenant_name,
    price_class: job.price_class,
    waits: false,
    from,
    to: Date.parse(job.expected_end_at),
    limit: Date.parse(job.limit_at),
    lane: 0,
  }
}

/** Who waits starts somewhere between `from` and `to`, and then runs until about `limit`. */
function comingOf(job: Waiting): Bar {
  const [low = '', high = ''] = job.starts_between ?? []
  return {
    job: job.job_id,
    label: `${job.algorithm} ${job.job_id.slice(-8)}`,
    tenant: job.tenant_name,
    price_class: job.price_class,
    waits: true,
    from: Date.parse(low),
    to: Date.parse(high),
    limit: Date.parse(high) + job.run_s * 1000,
    lane: 0,
  }
}

/** Bars that overlap get lanes of their own; answers how many. */
function inLanes(bars: Bar[]): number {
  bars.sort((one, other) => one.from - other.from)
  const ends: number[] = []
  for (const bar of bars) {
    const free = ends.findIndex((end) => end <= bar.from)
    bar.lane = free < 0 ? ends.length : free
    ends[bar.lane] = bar.limit
  }
  return Math.max(1, ends.length)
}

const MINUTE = 60_000
const STEPS = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((each) => each * MINUTE)

/** Round instants of the local day between two others, at most so many. */
export function ticks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((each) => (to - from) / each <= most) ?? 1440 * MINUTE
  const shift = new Date(from).getTimezoneOffset() * MINUTE
  const first = Math.ceil((from - shift) / step) * step + shift
  const all: number[] = []
  for (let at = first; at < to; at += step) all.push(at)
  return all
}

export function lineAt(gantt: Gantt, y: number): Line | undefined {
  return gantt.lines.find((line) => y >= line.y && y < line.y + line.h)
}
