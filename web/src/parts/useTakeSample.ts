import { useNavigate } from 'react-router'
import { $api, refresh } from '../api/client'

/** Takes a table that comes with the centre among one's own data, and on to the question. */
export function useTakeSample() {
  const go = useNavigate()
  const { mutate, isPending, error } = $api.useMutation('post', '/v1/datasets/from-sample', {
    onSuccess: (dataset) => {
      refresh('/v1/datasets')
      go(`/new?dataset=${dataset.dataset_id}`)
    },
  })
  return { take: (name: string) => mutate({ body: { name } }), isPending, error }
}
