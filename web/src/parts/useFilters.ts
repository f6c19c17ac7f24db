import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'

/** The filters of a list live in the address, so that a view can be sent to somebody. */
export function useFilters<Name extends string>(...names: Name[]) {
  const [search, setSearch] = useSearchParams()
  const listed = names.join()
  const filters = useMemo(
    () =>
      Object.fromEntries(
        listed.split(',').map((name) => [name, search.get(name) ?? undefined]),
      ) as Record<Name, string | undefined>,
    [search, listed],
  )
  const set = useCallback(
    (changed: Partial<Record<Name, string | undefined>>) =>
      setSearch(
        (before) => {
          const after = new URLSearchParams(before)
          for (const [name, value] of Object.entries(changed) as [string, string | undefined][]) {
            if (value) after.set(name, value)
            else after.delete(name)
          }
          return after
        },
        { replace: true },
      ),
    [setSearch],
  )
  return [filters, set] as const
}
