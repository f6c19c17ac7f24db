import type { ReactNode } from 'react'
import { Ask } from './Ask'
import { Quality } from './Quality'
import './parts.css'

interface FigureProps {
  label: string
  value: ReactNode
  /** Of the definition that a click on the label shows. */
  ask?: string
  quality?: string | null
  note?: ReactNode
  small?: boolean
}

/** One number with its name; the name can be asked what it means. */
export function Figure({ label, value, ask, quality, note, small = false }: FigureProps) {
  return (
    <div className={small ? 'figure small' : 'figure'}>
      <div className="figure-label">
        {ask ? <Ask code={ask}>{label}</Ask> : <span>{label}</span>}
        <Quality word={quality} />
      </div>
      <div className="figure-value">{value}</div>
      {note && <div className="figure-note">{note}</div>}
    </div>
  )
}
