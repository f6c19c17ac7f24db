import { useFormat } from '../../parts/useFormat'

/** An instant in a long table: as `Time`, but light enough for hundreds of rows a second. */
export function When({ at }: { at: string | null }) {
  const format = useFormat()
  if (!at) return <span className="faint">–</span>
  return (
    <time dateTime={at} title={format.moment(at, true)}>
      {format.ago(at)}
    </time>
  )
}
