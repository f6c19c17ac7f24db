import { useLayoutEffect, useRef, useState } from 'react'
import { $api } from '../../api/client'
import { Loading } from '../../parts/Loading'
import { ProblemView } from '../../parts/ProblemView'
import { useWords } from '../../words'

const WIDTH = 124
const AROUND = 3

/** The first rows. Of many columns only those in sight are drawn, so a thousand are as quick as ten. */
export function Preview({ id, name, rows = 30 }: { id: string; name: string; rows?: number }) {
  const t = useWords('library')
  const { data, error, refetch } = $api.useQuery('get', '/v1/datasets/{dataset_id}/preview', {
    params: { path: { dataset_id: id }, query: { rows } },
  })
  if (error) return <ProblemView error={error} again={() => refetch()} />
  if (!data) return <Loading />
  return (
    <Sheet label={t('library:data.preview_of', { name })} columns={data.columns} rows={data.rows} />
  )
}

function Sheet({ label, columns, rows }: { label: string; columns: string[]; rows: unknown[][] }) {
  const place = useRef<HTMLDivElement>(null)
  const [sight, setSight] = useState({ left: 0, width: 1200 })
  useLayoutEffect(() => {
    const box = place.current
    if (!box) return
    const look = () => setSight({ left: box.scrollLeft, width: box.clientWidth })
    const sizes = new ResizeObserver(look)
    sizes.observe(box)
    box.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [])
  const wide = Math.max(WIDTH, columns.length ? sight.width / columns.length : WIDTH)
  const from = Math.max(0, Math.floor(sight.left / wide) - AROUND)
  const to = Math.min(columns.length, Math.ceil((sight.left + sight.width) / wide) + AROUND)
  const before = from * wide
  const after = (columns.length - to) * wide
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
    <section ref={place} className="sheet" aria-label={label} tabIndex={0}>
      <table
        aria-label={label}
        aria-colcount={columns.length}
        style={{ width: columns.length * wide }}
      >
        <thead>
          <tr>
            {before > 0 && <td style={{ width: before }} />}
            {columns.slice(from, to).map((each, at) => (
              <th
                key={each}
                scope="col"
                aria-colindex={from + at + 1}
                style={{ width: wide }}
                className={rightly(rows, from + at)}
                title={each}
              >
                {each}
              </th>
            ))}
            {after > 0 && <td style={{ width: after }} />}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name than their place
            <tr key={line}>
              {before > 0 && <td />}
              {columns.slice(from, to).map((each, at) => (
                <Cell key={each} value={row[from + at]} index={from + at + 1} />
              ))}
              {after > 0 && <td />}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Numbers stand right, under a name that does too. */
function rightly(rows: unknown[][], column: number) {
  const first = rows.find((row) => row[column] != null)
  return typeof first?.[column] === 'number' ? 'right' : ''
}

function Cell({ value, index }: { value: unknown; index: number }) {
  if (value == null) {
    return (
      <td aria-colindex={index} className="faint">
        –
      </td>
    )
  }
  const text = String(value)
  return (
    <td
      aria-colindex={index}
      className={typeof value === 'number' ? 'right' : ''}
      title={text.length > 16 ? text : undefined}
    >
      {text}
    </td>
  )
}
