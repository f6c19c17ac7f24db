import { type ReactNode, useEffect, useRef } from 'react'

/** What is wider than its place is scrolled sideways, by keys too. */
export function Sideways({ children }: { children: ReactNode }) {
  const place = useKeysWhereWide<HTMLDivElement>()
  return (
    <div ref={place} style={{ overflowX: 'auto' }}>
      {children}
    </div>
  )
}

/** Whatever scrolls at this place, or at what is found in it, is reached by keys while it does. */
export function useKeysWhereWide<Element extends HTMLElement>(inside?: string) {
  const place = useRef<Element>(null)
  useEffect(() => {
    const wide = inside ? place.current?.querySelector<HTMLElement>(inside) : place.current
    if (!wide) return
    const look = () => {
      if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0
      else wide.removeAttribute('tabindex')
    }
    const sizes = new ResizeObserver(look)
    sizes.observe(wide)
    look()
    return () => sizes.disconnect()
  })
  return place
}
