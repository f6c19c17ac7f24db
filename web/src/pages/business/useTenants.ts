import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { api, type Schemas } from '../../api/client'

export type Tenant = Schemas['TenantOut']

/** Every tenant, page after page, and their names by id. */
export function useTenants() {
  const asked = useInfiniteQuery({
    queryKey: ['get', '/v1/tenants', 'all'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => {
      const { data } = await api.GET('/v1/tenants', {
        params: { query: { limit: 200, after: pageParam } },
      })
      return data as NonNullable<typeof data>
    },
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = asked
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const all = useMemo(() => asked.data?.pages.flatMap((page) => page.items), [asked.data])
  const names = useMemo(() => new Map(all?.map((each) => [each.tenant_id, each.name]) ?? []), [all])
  return { all, names, error: asked.error, again: () => asked.refetch() }
}
