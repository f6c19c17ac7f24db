import { memo, type ReactNode, useEffect, useRef, useState } from 'react'
import './run.css'

export interface LongColumn<Row> {
  key: string
  title: ReactNode
  /** A track of a CSS grid, such as `120px` or `minmax(160px, 1fr)`. */
  width: string
  cell: (row: Row) => ReactNode
  numeric?: boolean
}

interface LongTableProps<Row> {
  label: string
  /** All rows there are; those that have not arrived yet are undefined. */
  rows: readonly (Row | undefined)[]
  columns: LongColumn<Row>[]
  keyOf: (row: Row) => string
  rowHeight?: number
  /** Below this the columns are not squeezed; the table scrolls sideways. */
  minWidth?: number
  mostHeight?: number
  /** Which rows are in sight or near it, the last one not included. */
  onRange?: (first: number, last: number) => void
}

const SPARE = 5

/** A table of any length: only the rows in sight exist, yet it is a table to who hears it. */
export function LongTable<Row>({
  label,
  rows,
  columns,
  keyOf,
  rowHeight = 46,
  minWidth = 720,
  mostHeight = 620,
  onRange,
}: LongTableProps<Row>) {
  const frame = useRef<HTMLDivElement>(null)
  const asked = useRef(0)
  const [top, setTop] = useState(0)
  const tracks = columns.map((each) => each.width).join(' ')
  const most = Math.ceil(mostHeight / rowHeight) + 2 * SPARE
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - SPARE, rows.length - most))
  const last = Math.min(rows.length, first + most)

  useEffect(() => () => cancelAnimationFrame(asked.current), [])
  useEffect(() => onRange?.(first, last), [first, last, onRange])

  return (
    // biome-ignore-start lint/a11y/useSemanticElements: rows that are out of sight do not exist
    // biome-ignore-start lint/a11y/useFocusableInteractive: the frame is scrolled, not its rows
    <div
      ref={frame}
      className="long"
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it too
      tabIndex={0}
      style={{ maxHeight: mostHeight }}
      onScroll={() => {
        asked.current ||= requestAnimationFrame(() => {
          asked.current = 0
          setTop(frame.current?.scrollTop ?? 0)
        })
      }}
    >
      <div role="rowgroup" className="long-head" style={{ minWidth }}>
        <div
          role="row"
          aria-rowindex={1}
          className="long-row"
          style={{ gridTemplateColumns: tracks }}
        >
          {columns.map((each) => (
            <div
              key={each.key}
              role="columnheader"
              className={each.numeric ? 'long-cell numeric' : 'long-cell'}
            >
              {each.title}
            </div>
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        style={{ height: rows.length * rowHeight, minWidth, position: 'relative' }}
      >
        {Array.from({ length: Math.max(0, last - first) }, (_, index) => {
          const row = rows[first + index]
          return (
            <LongRow
              key={row ? keyOf(row) : first + index}
              row={row}
              columns={columns as LongColumn<unknown>[]}
              tracks={tracks}
              index={first + index}
              height={rowHeight}
            />
          )
        })}
      </div>
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: as above
    // biome-ignore-end lint/a11y/useSemanticElements: as above
  )
}

interface LongRowProps {
  row: unknown
  columns: LongColumn<unknown>[]
  tracks: string
  index: number
  height: number
}

/** A row is made once while it is in sight, however the table is scrolled. */
const LongRow = memo(({ row, columns, tracks, index, height }: LongRowProps) => (
  // biome-ignore-start lint/a11y/useSemanticElements: as in the table
  // biome-ignore-start lint/a11y/useFocusableInteractive: as in the table
  <div
    role="row"
    aria-rowindex={index + 2}
    className="long-row"
    style={{
      gridTemplateColumns: tracks,
      height,
      transform: `translateY(${index * height}px)`,
    }}
  >
    {columns.map((each) => (
      <div key={each.key} role="cell" className={each.numeric ? 'long-cell numeric' : 'long-cell'}>
        {row === undefined ? <span className="faint">…</span> : each.cell(row)}
      </div>
    ))}
  </div>
  // biome-ignore-end lint/a11y/useFocusableInteractive: as in the table
  // biome-ignore-end lint/a11y/useSemanticElements: as in the table
))
