import { Collapse } from 'antd'
import { $api } from '../../api/client'
import { Loading } from '../../parts/Loading'
import { ProblemView } from '../../parts/ProblemView'
import { useWords } from '../../words'

/** The card that travels with a result, folded: it is written for experts. */
export function ModelCard({ id }: { id: string }) {
  const t = useWords('library')
  return (
    <Collapse
      ghost
      size="small"
      destroyOnHidden
      items={[{ key: 'card', label: t('library:result.card'), children: <CardText id={id} /> }]}
    />
  )
}

function CardText({ id }: { id: string }) {
  const t = useWords('library')
  const { data, error } = $api.useQuery('get', '/v1/solutions/{solution_id}/files/{path}', {
    params: { path: { solution_id: id, path: 'MODEL_CARD.md' } },
    parseAs: 'text',
  })
  if (error) return <ProblemView error={error} />
  if (data === undefined) return <Loading />
  return (
    <section className="card-text" aria-label={t('library:result.card')}>
      {String(data)}
    </section>
  )
}
