import type { ReactNode } from 'react'

/** What stands small below the first line of a cell. */
export function Under({ children }: { children: ReactNode }) {
  return <div className="small soft clip">{children}</div>
}
