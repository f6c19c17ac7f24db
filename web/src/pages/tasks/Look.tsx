import { $api } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Panel } from '../../parts/Page'
import { useWords } from '../../words'
import type { Column } from './New'

const MOST_COLUMNS = 30

/** The first rows as they were read, to see that they are right. */
export function Look({ dataset, columns }: { dataset: string; columns: Column[] }) {
  const t = useWords('tasks')
  const { data, error, refetch } = $api.useQuery('get', '/v1/datasets/{dataset_id}/preview', {
    params: { path: { dataset_id: dataset }, query: { rows: 8 } },
  })
  const shown = data?.columns.slice(0, MOST_COLUMNS) ?? []
  return (
    <Panel title={t('tasks:look.title')} flush>
      <DataTable
        label={t('tasks:look.title')}
        rows={data?.rows.map((cells, index) => ({ key: index, cells: cells as unknown[] }))}
        error={error}
        again={() => refetch()}
        size="small"
        empty={<Empty title={t('tasks:look.none')} />}
        columns={shown.map((name, index) => {
          const column = columns.find((each) => each.name === name)
          return {
            key: `${index}`,
            title: (
              <span>
                {name}
                <br />
                <span className="faint small">{column ? t(`parts:kind.${column.kind}`) : ''}</span>
              </span>
            ),
            render: (_: unknown, row: { cells: unknown[] }) => cell(row.cells[index]),
          }
        })}
      />
      {data && data.columns.length > MOST_COLUMNS && (
        <p className="soft small" style={{ padding: '0 22px 16px' }}>
          {t('tasks:look.more', { count: data.columns.length - MOST_COLUMNS })}
        </p>
      )}
    </Panel>
  )
}

function cell(value: unknown) {
  if (value === null || value === undefined) return <span className="faint">–</span>
  return (
    <span className="clip" style={{ display: 'inline-block', maxWidth: 260 }}>
      {String(value)}
    </span>
  )
}
