import { Link } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { Panel } from '../../parts/Page'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'

/** The versions of a table under its name; nothing while there is one. */
export function DataVersions({ dataset }: { dataset: Schemas['DatasetOut'] }) {
  const t = useWords('library')
  const format = useFormat()
  const { data } = $api.useQuery('get', '/v1/datasets', {
    params: { query: { name: dataset.name, limit: 50 } },
  })
  const all = data?.items ?? []
  if (all.length < 2) return null
  return (
    <Panel title={t('library:versions.data')}>
      <ul className="uses" aria-label={t('library:versions.data')}>
        {all.map((each) => (
          <li key={each.dataset_id}>
            <div className="named grow">
              <Link
                to={`/data/${each.dataset_id}`}
                aria-current={each.dataset_id === dataset.dataset_id ? 'page' : undefined}
              >
                {t('library:version', { version: each.version })}
              </Link>
              <span className="faint small">
                <Time at={each.created_at} />
              </span>
            </div>
            {each.dataset_id === dataset.dataset_id && (
              <span className="state busy">{t('library:versions.here')}</span>
            )}
            <span className="number soft">
              {t('library:rows', { count: each.rows, told: format.number(each.rows) })}
            </span>
            <span className="number soft">{format.bytes(each.bytes)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
