import type { Schemas } from '../../api/client'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'

/** What a job asks for, in a few words: "16 × 8 NPU". */
export function useWanted() {
  const t = useWords('run')
  const format = useFormat()
  return (request: Schemas['RequestOut']) => {
    const [first] = request.any_of
    const each = first
      ? `${format.number(first.milli / 1000, 3)} ${first.kind.toUpperCase()}`
      : t('run:job.cores', { count: request.cpu_milli / 1000 })
    const others = request.any_of.length > 1 ? ` ${t('run:queue.or_else')}` : ''
    return `${request.nodes > 1 ? `${request.nodes} × ` : ''}${each}${others}`
  }
}
