import { QueryClient } from '@tanstack/react-query'
import createFetchClient, { type Middleware } from 'openapi-fetch'
import createQueryClient from 'openapi-react-query'
import { asProblem, Problem } from './problem'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

/** What every change through a session must carry; told with the session. */
let csrf = ''
let onSessionEnded = () => {}

export function keepToken(token: string) {
  csrf = token
}

export function whenSessionEnds(tell: () => void) {
  onSessionEnded = tell
}

/** Also where pages are not served over TLS, in which browsers keep `randomUUID` back. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

export function changing(): Record<string, string> {
  return { 'X-CSRF-Token': csrf }
}

export async function problemOf(response: Response): Promise<Problem> {
  const told = await response.json().catch(() => ({}))
  return new Problem({ ...told, status: response.status })
}

const manners: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET') {
      request.headers.set('X-CSRF-Token', csrf)
      if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
        request.headers.set('Idempotency-Key', newKey())
      }
    }
    return request
  },
  async onResponse({ response, request }) {
    if (response.ok) return response
    if (response.status === 401 && !new URL(request.url).pathname.startsWith('/v1/session')) {
      onSessionEnded()
    }
    throw await problemOf(response)
  },
}

/** The API, typed by its own description: `api.GET('/v1/tasks', …)` throws a `Problem`. */
export const api = createFetchClient<paths>({ baseUrl: location.origin })
api.use(manners)

/** The same as hooks: `$api.useQuery('get', '/v1/tasks', { params: { query: { limit: 20 } } })`. */
export const $api = createQueryClient(api)

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && asProblem(error).status === 0,
      refetchOnWindowFocus: true,
    },
  },
})

/** Everything that was asked of these addresses is asked again. */
export function refresh(...addresses: (keyof paths)[]) {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) => addresses.some((each) => queryKey[1] === each),
  })
}
