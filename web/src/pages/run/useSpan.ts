import { useMemo } from 'react'
import { useFilters } from '../../parts/useFilters'

const HOUR = 3_600_000

/** Spans that end now, by the names they have in the address. */
export const SPANS = {
  '1d': 24 * HOUR,
  '7d': 7 * 24 * HOUR,
  '30d': 30 * 24 * HOUR,
  '90d': 90 * 24 * HOUR,
}
export type SpanName = keyof typeof SPANS

/** The span of time a page is about: one that ends now, or two instants; it lives in the address. */
export function useSpan(first: SpanName = '7d') {
  const [filters, set] = useFilters('span', 'since', 'until')
  const name = filters.span && filters.span in SPANS ? (filters.span as SpanName) : first
  const own = filters.since && filters.until
  // The moment of looking, kept while the page stays with one span.
  const now = useMemo(() => ({ at: Date.now(), name }), [name]).at
  const since = own ? filters.since : new Date(now - SPANS[name]).toISOString()
  const until = own ? filters.until : new Date(now).toISOString()
  return { name: own ? undefined : name, since: since ?? '', until: until ?? '', set }
}
