import type { ReactNode } from 'react'
import './parts.css'

/** Nothing here yet: what would be here, and the one thing to do. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className="empty appear">
      <svg width="72" height="56" viewBox="0 0 72 56" aria-hidden="true">
        <g stroke="var(--line)" strokeWidth="2" strokeLinecap="round">
          <path d="M12 4v48M36 4v48M60 4v48M4 24h64" />
        </g>
        <g fill="var(--accent)" opacity=".85">
          <rect x="4" y="10" width="16" height="8" rx="4" />
          <rect x="28" y="10" width="16" height="8" rx="4" opacity=".5" />
          <rect x="52" y="10" width="16" height="8" rx="4" opacity=".25" />
        </g>
        <g fill="var(--accent)" opacity=".5">
          <rect x="4" y="30" width="16" height="8" rx="4" opacity=".4" />
          <rect x="28" y="40" width="16" height="8" rx="4" opacity=".3" />
          <rect x="52" y="30" width="16" height="8" rx="4" opacity=".6" />
        </g>
      </svg>
      <h3>{title}</h3>
      {children && <p>{children}</p>}
      {action && <div className="row">{action}</div>}
    </div>
  )
}
