import type { components } from './schema'

type Told = components['schemas']['Problem']

/** An error of the centre: a stable code, what happened, what to try. */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly hint: string

  constructor(told: Partial<Told> & { status: number }) {
    super(told.detail ?? '')
    this.code = told.code ?? 'unreachable'
    this.status = told.status
    this.hint = told.hint ?? ''
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem({ status: 0, code: 'unreachable', detail: String(error) })
}
