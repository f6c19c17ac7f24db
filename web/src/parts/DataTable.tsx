import { Button, Table, type TableProps } from 'antd'
import type { ReactNode } from 'react'
import { useWords } from '../words'
import { Loading } from './Loading'
import { ProblemView } from './ProblemView'
import { useKeysWhereWide } from './Sideways'

interface DataTableProps<Row> extends Omit<TableProps<Row>, 'dataSource' | 'title'> {
  /** What the table is about, for who hears it instead of seeing it. */
  label: string
  rows: Row[] | undefined
  error?: unknown
  again?: () => void
  empty: ReactNode
  more?: (() => unknown) | undefined
  isFetchingMore?: boolean
}

/** A table with its four states: loading, wrong, empty, rows; "more" asks for the next page. */
export function DataTable<Row extends object>({
  label,
  rows,
  error,
  again,
  empty,
  more,
  isFetchingMore = false,
  ...table
}: DataTableProps<Row>) {
  const t = useWords()
  const place = useKeysWhereWide<HTMLDivElement>('.ant-table-content')
  if (error) return <ProblemView error={error} {...(again ? { again } : {})} />
  if (!rows) return <Loading />
  if (rows.length === 0) return empty
  return (
    <div ref={place}>
      <Table<Row>
        aria-label={label}
        dataSource={rows}
        pagination={false}
        size="middle"
        {...(table.virtual ? {} : { scroll: { x: 'max-content' } })}
        {...table}
      />
      {more && (
        <div className="row" style={{ justifyContent: 'center', padding: 14 }}>
          <Button loading={isFetchingMore} onClick={() => more()}>
            {t('parts:more')}
          </Button>
        </div>
      )}
    </div>
  )
}
