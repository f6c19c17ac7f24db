import { useInfiniteQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import type { paths } from '../api/schema'

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

/** Addresses that answer with a page of a list. */
type Listed = {
  [Path in keyof paths]: Answer<Path> extends { items: unknown[]; next: string | null }
    ? Path
    : never
}[keyof paths]

type ItemOf<Path extends Listed> = Answer<Path> extends { items: (infer Item)[] } ? Item : never

type QueryOf<Path extends Listed> = paths[Path] extends {
  get: { parameters: { query?: infer Query } }
}
  ? Omit<NonNullable<Query>, 'after'>
  : never

type Ask<Item> = (
  address: string,
  asked: { params: { query: object } },
) => Promise<{ data?: { items: Item[]; next: string | null } }>

const A_PAGE = 50

/** A list that goes on, as `DataTable` takes it: its rows so far, and `more` while there are some. */
export function usePages<Path extends Listed>(address: Path, query: QueryOf<Path>) {
  const asked = useInfiniteQuery({
    queryKey: ['get', address, query],
    queryFn: async ({ pageParam }) => {
      const ask = api.GET as unknown as Ask<ItemOf<Path>>
      const { data } = await ask(address, {
        params: { query: { limit: A_PAGE, ...query, after: pageParam } },
      })
      return data ?? { items: [], next: null }
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  return {
    rows: asked.data?.pages.flatMap((page) => page.items),
    error: asked.error,
    again: () => asked.refetch(),
    more: asked.hasNextPage ? () => asked.fetchNextPage() : undefined,
    isFetchingMore: asked.isFetchingNextPage,
  }
}
