import { type ReactNode, useEffect } from 'react'
import { Link } from 'react-router'
import { useWords } from '../words'
import './parts.css'

interface PageProps {
  title: string
  /** One sentence under the title. */
  lead?: ReactNode
  /** The one primary button, and at most two others. */
  actions?: ReactNode
  /** Where this page lies: labels with addresses, the page itself left out. */
  trail?: { label: string; to: string }[]
  /** A page of reading is narrow, one of tables and maps is as wide as the window. */
  wide?: boolean
  children: ReactNode
}

/** The frame of every page: where one is, what it is, what one can do, then the content. */
export function Page({ title, lead, actions, trail, wide = false, children }: PageProps) {
  const t = useWords()
  useEffect(() => {
    document.title = `${title} · ${t('shell:name')}`
  }, [title, t])
  return (
    <div className={wide ? 'page wide' : 'page'}>
      {trail && (
        <nav className="trail" aria-label={t('parts:trail')}>
          <ol>
            {trail.map(({ label, to }) => (
              <li key={to} className="trail-step">
                <Link to={to} className="trail-link">
                  {label}
                </Link>
              </li>
            ))}
            <li className="trail-step" aria-current="page">
              {title}
            </li>
          </ol>
        </nav>
      )}
      <header className="page-head">
        <div className="grow">
          <h1>{title}</h1>
          {lead && <p className="lead">{lead}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

interface PanelProps {
  title?: ReactNode
  extra?: ReactNode
  children: ReactNode
  /** Tables reach the panel's edges. */
  flush?: boolean
  className?: string
}

/** A sheet of paper on the ground. */
export function Panel({ title, extra, children, flush = false, className = '' }: PanelProps) {
  return (
    <section className={`panel ${flush ? 'flush' : ''} ${className}`}>
      {(title || extra) && (
        <div className="panel-head">
          {title && <h2>{title}</h2>}
          {extra && <div className="row">{extra}</div>}
        </div>
      )}
      {children}
    </section>
  )
}
