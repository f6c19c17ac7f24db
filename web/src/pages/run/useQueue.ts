import { useQueries } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { $api, type Schemas } from '../../api/client'

type Told = Schemas['QueueOut']
type Pair = string[] | null
export type Waiting = Omit<Told['waiting'][number], 'starts_between'> & { starts_between: Pair }
export type Running = Omit<Told['running'][number], 'expected_end_between'> & {
  expected_end_between: Pair
}

const SIZE = 100
const REST_MS = 90
/** Nobody stands behind this place: what is asked from there on is left out. */
const NOWHERE = '1000000000'

/** How many wait and run, without any of them. */
export function useQueueTotals() {
  return $api.useQuery(
    'get',
    '/v1/queue',
    { params: { query: { limit: 0 } } },
    { refetchInterval: 15_000 },
  )
}

/** Everybody who waits, in their order; only the pages in sight are asked for. */
export function useWaiting(total: number) {
  const [[first, last], setRange] = useState<[number, number]>([0, 0])
  const pages = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const asked = useQueries({
    queries: pages.map((page) => ({
      ...$api.queryOptions('get', '/v1/queue', {
        params: {
          query: {
            limit: SIZE,
            running_after: NOWHERE,
            ...(page ? { after: String(page * SIZE) } : {}),
          },
        },
      }),
      refetchInterval: 15_000,
    })),
  })
  const stamp = asked.map((each) => each.dataUpdatedAt).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp tells when they changed
  const rows = useMemo(() => {
    const all: (Waiting | undefined)[] = new Array(total).fill(undefined)
    asked.forEach((each, index) => {
      const start = (pages[index] ?? 0) * SIZE
      each.data?.waiting.slice(0, Math.max(0, total - start)).forEach((job, place) => {
        all[start + place] = job
      })
    })
    return all
  }, [stamp, total, first, last])
  const rest = useRef(0)
  useEffect(() => () => clearTimeout(rest.current), [])
  // Pages that only fly past are not asked for.
  const see = useCallback((from: number, to: number) => {
    clearTimeout(rest.current)
    const [low, high] = [Math.floor(from / SIZE), Math.floor(Math.max(from, to - 1) / SIZE)]
    rest.current = window.setTimeout(() => {
      setRange((before) => (before[0] === low && before[1] === high ? before : [low, high]))
    }, REST_MS)
  }, [])
  return {
    rows,
    see,
    error: asked.find((each) => each.error)?.error,
    again: () => asked.map((each) => each.refetch()),
  }
}

/** Everybody who runs, up to so many. */
export function useRunning(limit: number) {
  return $api.useQuery(
    'get',
    '/v1/queue',
    { params: { query: { limit, after: NOWHERE } } },
    { refetchInterval: 15_000 },
  )
}
