import { useFormat } from '../../parts/useFormat'
import './run.css'

/** How much of something is taken, as a bar with its number. */
export function Share({
  share,
  text,
  simulated = false,
}: {
  share: number
  text?: string
  simulated?: boolean
}) {
  const format = useFormat()
  const held = Math.min(1, Math.max(0, share))
  return (
    <div className="share">
      <div className={simulated ? 'share-bar simulated' : 'share-bar'} aria-hidden>
        <i style={{ width: `${held * 100}%` }} />
      </div>
      <span className="number small">{text ?? format.percent(held, 0)}</span>
    </div>
  )
}
