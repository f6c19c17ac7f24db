import { $api } from '../../api/client'
import { Loading } from '../../parts/Loading'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { ModelCard } from './ModelCard'

/** What lies in the package, file by file, each in words. */
export function Inside({ id }: { id: string }) {
  const t = useWords('library')
  const said = useSaid()
  const format = useFormat()
  const { data, error, refetch } = $api.useQuery('get', '/v1/solutions/{solution_id}/files', {
    params: { path: { solution_id: id } },
  })
  const files = data?.items.filter((each) => said(each.zh, each.en)) ?? []
  return (
    <Panel
      title={t('library:result.inside')}
      extra={
        <a href={`/v1/solutions/${id}/files/report.html`} target="_blank" rel="noreferrer">
          {t('library:receipt.to_report')}
        </a>
      }
    >
      <div className="stack">
        <p className="soft">{t('library:result.inside_why')}</p>
        {error != null && <ProblemView error={error} again={() => refetch()} />}
        {!data && !error && <Loading />}
        <ul className="uses" aria-label={t('library:result.inside')}>
          {files.map((each) => (
            <li key={each.path}>
              <span className="grow">{said(each.zh, each.en)}</span>
              <span className="faint small number">{format.bytes(each.bytes)}</span>
              <a
                href={`/v1/solutions/${id}/files/${each.path}`}
                target="_blank"
                rel="noreferrer"
                aria-label={t('library:result.open', { file: each.path })}
                title={each.path}
              >
                {t('library:result.open_it')}
              </a>
            </li>
          ))}
        </ul>
        <ModelCard id={id} />
      </div>
    </Panel>
  )
}
