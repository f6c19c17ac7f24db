import type { Schemas } from '../../api/client'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'

const MOST = 4

/** How a column is spread: its most frequent values, or where its numbers lie. */
export function Shape({ column, rows }: { column: Schemas['ColumnOut']; rows: number }) {
  const t = useWords('library')
  const counted = ['category', 'boolean'].includes(column.kind) || column.distinct <= MOST
  if (counted && column.top.length > 0) return <Top column={column} rows={rows} />
  if (column.histogram.length > 1) return <Histogram column={column} />
  if (column.quartiles.length === 3) return <Spread column={column} />
  if (column.minimum != null) {
    return (
      <p className="shape-text">
        {String(column.minimum)} – {String(column.maximum)}
      </p>
    )
  }
  return (
    <p className="shape-text faint">
      {t(column.identifier ? 'library:column.names_rows' : 'library:column.free_text')}
    </p>
  )
}

function Top({ column, rows }: { column: Schemas['ColumnOut']; rows: number }) {
  const t = useWords('library')
  const format = useFormat()
  const shown = column.top
    .slice(0, MOST)
    .map(([value, count]): [unknown, number] => [value, Number(count)])
  const most = shown[0]?.[1] ?? 1
  return (
    <ul className="top-values" aria-label={t('library:column.top', { name: column.name })}>
      {shown.map(([value, count]) => (
        <li key={String(value)}>
          <span className="clip" title={String(value)}>
            {typeof value === 'boolean' ? t(value ? 'parts:yes' : 'parts:no') : String(value)}
          </span>
          <span className="portion" aria-hidden="true">
            <span style={{ width: `${(100 * count) / most}%` }} />
          </span>
          <span className="number small soft">{format.percent(rows ? count / rows : 0, 0)}</span>
        </li>
      ))}
    </ul>
  )
}

/** How many rows lie where, from the smallest number to the largest. */
function Histogram({ column }: { column: Schemas['ColumnOut'] }) {
  const t = useWords('library')
  const format = useFormat()
  const most = Math.max(...column.histogram)
  const wide = 100 / column.histogram.length
  const [first, middle, third] = column.quartiles
  const told = (value: unknown) => format.significant(Number(value), 4)
  return (
    <div>
      <svg
        className="histogram"
        viewBox="0 0 100 40"
        preserveAspectRatio="none"
        role="img"
        aria-label={t('library:column.spread', {
          low: told(column.minimum),
          first: told(first),
          middle: told(middle),
          third: told(third),
          high: told(column.maximum),
        })}
      >
        {column.histogram.map((count, at) => {
          const high = count ? Math.max(1.5, (40 * count) / most) : 0
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bin has no other name than its place
              key={at}
              x={at * wide}
              width={wide * 0.86}
              y={40 - high}
              height={high}
            />
          )
        })}
      </svg>
      <div className="row between small soft number">
        <span>{told(column.minimum)}</span>
        <span>{told(column.maximum)}</span>
      </div>
    </div>
  )
}

/** The same of a table from before histograms were kept: the middle half between its ends. */
function Spread({ column }: { column: Schemas['ColumnOut'] }) {
  const t = useWords('library')
  const format = useFormat()
  const low = Number(column.minimum)
  const high = Number(column.maximum)
  const at = (value: number) => (high > low ? 2 + (96 * (value - low)) / (high - low) : 50)
  const [first = low, middle = low, third = high] = column.quartiles
  const told = (value: number) => format.significant(value, 4)
  return (
    <div>
      <svg
        className="spread"
        viewBox="0 0 100 22"
        preserveAspectRatio="none"
        role="img"
        aria-label={t('library:column.spread', {
          low: told(low),
          first: told(first),
          middle: told(middle),
          third: told(third),
          high: told(high),
        })}
      >
        <line x1={at(low)} x2={at(high)} y1="11" y2="11" />
        <rect x={at(first)} width={Math.max(1, at(third) - at(first))} y="3" height="16" rx="1" />
        <line className="middle" x1={at(middle)} x2={at(middle)} y1="1" y2="21" />
      </svg>
      <div className="row between small soft number">
        <span>{told(low)}</span>
        <span>{told(high)}</span>
      </div>
    </div>
  )
}
