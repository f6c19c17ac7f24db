import type { Schemas } from '../../api/client'

type Told = Schemas['JobOut']
type Waiting = NonNullable<Told['waiting']>

/** A job as the API tells it; what is read has lists where the document has pairs. */
export type Job = Omit<Told, 'waiting'> & {
  waiting: (Omit<Waiting, 'starts_between'> & { starts_between: string[] | null }) | null
}

const OVER = ['succeeded', 'failed', 'cancelled']

export function isOver(job: Pick<Job, 'state'>): boolean {
  return OVER.includes(job.state)
}

export interface Move {
  at: string
  event: string
  reason: string
}

/** The lines of a job's story, as `2026-01-02T03:04:05Z lost (node_lost)`. */
export function movesOf(story: readonly string[]): Move[] {
  return story.map((line) => {
    const [at = '', event = '', reason = ''] = line.split(' ')
    return { at, event, reason: reason.replace(/[()]/g, '') }
  })
}
