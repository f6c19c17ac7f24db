import { Tooltip } from 'antd'
import { useFormat } from './useFormat'

/** An instant: how long ago, and exactly when. */
export function Time({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  const format = useFormat()
  if (!at) return <span className="faint">–</span>
  if (exact) return <time dateTime={at}>{format.moment(at)}</time>
  return (
    <Tooltip title={format.moment(at, true)}>
      <time dateTime={at}>{format.ago(at)}</time>
    </Tooltip>
  )
}
