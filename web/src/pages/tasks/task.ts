import type { Schemas } from '../../api/client'
import type { Told } from '../../parts/HowGood'

/** What a task says of its result, as the part that puts it in words takes it. */
export function told(quality: Schemas['QualityOut'] | null): Told {
  return {
    metric: quality?.metric ?? null,
    score: quality?.score ?? null,
    baseline: quality?.baseline ?? null,
    usable: quality?.usable ?? null,
    lowerIsBetter: quality?.lower_is_better ?? true,
  }
}
