import type { ComponentType, ReactNode } from 'react'
import type { Permission } from '../api/session'

/** A page: where it lies, who may see it, how it is loaded, and whether the sidebar names it. */
export interface PageRoute {
  path: string
  /** Any of these; an empty list is whoever is logged in. */
  needs: Permission[]
  load: () => Promise<{ default: ComponentType }>
  /** Its name is `<area>:nav.<name>`. */
  nav?: { name: string; icon: ReactNode }
  /** The page of the sidebar that it belongs to, where its address does not begin with that one's. */
  under?: string
}

/** A group of the sidebar; its name is `<area>:nav.title`. */
export interface Area {
  name: string
  side: 'tenant' | 'operator'
  pages: PageRoute[]
}
