import { type ReactNode, useId, useState } from 'react'
import { useWords } from '../../words'

interface BlockProps {
  name: 'result' | 'algorithm' | 'compute' | 'energy' | 'money'
  /** The block's one figure, at the right of its name. */
  figure?: ReactNode
  children: ReactNode
  /** Where the block goes on elsewhere. */
  links?: ReactNode
  /** What opens under it. */
  deeper?: { label: string; content: () => ReactNode }
}

/** One of the five links of a receipt, with its way one step deeper. */
export function ReceiptBlock({ name, figure, children, links, deeper }: BlockProps) {
  const t = useWords('library')
  const [open, setOpen] = useState(false)
  const place = useId()
  return (
    <li className="receipt-block">
      <div className="receipt-name">
        <h2>{t(`library:receipt.block.${name}`)}</h2>
        {figure && <div className="receipt-figure">{figure}</div>}
      </div>
      <div className="receipt-body">{children}</div>
      {(links || deeper) && (
        <div className="receipt-links no-print">
          {links}
          {deeper && (
            <button
              type="button"
              className="receipt-open"
              aria-expanded={open}
              aria-controls={place}
              onClick={() => setOpen(!open)}
            >
              {open ? t('library:receipt.less') : deeper.label}
            </button>
          )}
        </div>
      )}
      {deeper && (
        <div id={place} className="receipt-deeper no-print" hidden={!open}>
          {open && deeper.content()}
        </div>
      )}
    </li>
  )
}

/** A name, dots, and its value at the right edge. */
export function Leader({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className="leader">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
