/** The centre's mark: an abacus (算), its beads where work has moved them. */
export function Mark({ size = 30 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <g stroke="var(--paper)" strokeWidth="1.6" strokeLinecap="round" opacity=".55">
        <path d="M9 6v20M16 6v20M23 6v20M6 13h20" />
      </g>
      <g fill="var(--paper)">
        <rect x="6" y="8" width="6" height="3.4" rx="1.7" />
        <rect x="13" y="8" width="6" height="3.4" rx="1.7" />
        <rect x="20" y="8" width="6" height="3.4" rx="1.7" />
        <rect x="6" y="15" width="6" height="3.4" rx="1.7" />
        <rect x="6" y="19.6" width="6" height="3.4" rx="1.7" />
        <rect x="13" y="15" width="6" height="3.4" rx="1.7" />
        <rect x="20" y="19.6" width="6" height="3.4" rx="1.7" />
      </g>
    </svg>
  )
}
