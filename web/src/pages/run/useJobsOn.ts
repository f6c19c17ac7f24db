import { $api } from '../../api/client'

/** The jobs that hold a part of a node now. */
export function useJobsOn(node: string, enabled: boolean) {
  const ask = (state: 'running' | 'starting') => ({
    params: { query: { state, node, limit: 100 } },
  })
  const running = $api.useQuery('get', '/v1/jobs', ask('running'), { enabled })
  const starting = $api.useQuery('get', '/v1/jobs', ask('starting'), { enabled })
  return running.data && [...(starting.data?.items ?? []), ...running.data.items]
}
