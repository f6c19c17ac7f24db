import type { Schemas } from '../../api/client'
import type { Told } from '../../parts/HowGood'

export type Solution = Schemas['SolutionOut']

/** What its algorithm wrote of a result, as far as the screens read it. */
interface Summary {
  holdout_rows?: number
  train_rows?: number
  metrics?: Record<string, number>
  baseline_metrics?: Record<string, number>
  warnings?: { code: string; zh: string; en: string }[]
}

export function summaryOf(solution: Solution): Summary {
  return solution.summary as Summary
}

export function toldBy(quality: Schemas['QualityOut'] | null): Told {
  return {
    metric: quality?.metric ?? null,
    score: quality?.score ?? null,
    baseline: quality?.baseline ?? null,
    usable: quality?.usable ?? null,
    lowerIsBetter: quality?.lower_is_better ?? true,
  }
}

/** What was paid for it; null until that is settled. */
export function paidFor(solution: Solution): string | null {
  const receipt = solution.receipt as { money?: { charge_yuan?: string | null } | null } | null
  return receipt?.money?.charge_yuan ?? null
}
