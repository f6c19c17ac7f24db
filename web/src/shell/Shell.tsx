import { CloseOutlined, MenuOutlined } from '@ant-design/icons'
import { type ReactNode, useEffect, useState } from 'react'
import { Link, NavLink, useLocation } from 'react-router'
import { useMay } from '../api/session'
import { useWords } from '../words'
import type { Area } from './area'
import { AREAS } from './areas'
import { Mark } from './Mark'
import { Search } from './Search'
import { TopBar } from './TopBar'
import './shell.css'

/** The frame around every page of a session: sidebar, top bar, content. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useWords()
  const { pathname } = useLocation()
  const [open, setOpen] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu
  useEffect(() => setOpen(false), [pathname])
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t('shell:skip')}
      </a>
      <aside className={open ? 'side open' : 'side'}>
        <div className="side-head">
          <Link to="/" className="brand">
            <Mark />
            <span>{t('shell:name')}</span>
          </Link>
          <button
            type="button"
            className="plain only-narrow"
            aria-label={t('shell:close')}
            onClick={() => setOpen(false)}
          >
            <CloseOutlined />
          </button>
        </div>
        <Navigation />
      </aside>
      {open && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the button closes it for keyboards
        // biome-ignore lint/a11y/useKeyWithClickEvents: the same
        <div className="veil" onClick={() => setOpen(false)} />
      )}
      <div className="main">
        <TopBar
          menu={
            <button
              type="button"
              className="plain only-narrow"
              aria-label={t('shell:menu')}
              aria-expanded={open}
              onClick={() => setOpen(true)}
            >
              <MenuOutlined />
            </button>
          }
        />
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
      <Search />
    </div>
  )
}

/** The pages this person may see, the tenant's and the operator's side apart. */
function Navigation() {
  const t = useWords()
  const may = useMay()
  const seen = AREAS.map((area) => ({
    ...area,
    pages: area.pages.filter((page) => page.nav && may(...page.needs)),
  })).filter((area) => area.pages.length)
  const both = new Set(seen.map((area) => area.side)).size > 1
  return (
    <nav aria-label={t('shell:pages')}>
      {(['tenant', 'operator'] as const).map((side) => {
        const areas = seen.filter((area) => area.side === side)
        if (!areas.length) return null
        return (
          <div key={side} className="side-part">
            {both && <div className="side-name">{t(`shell:side.${side}`)}</div>}
            {areas.map((area) => (
              <Group key={area.name} area={area} />
            ))}
          </div>
        )
      })}
    </nav>
  )
}

function Group({ area }: { area: Area }) {
  const t = useWords(area.name)
  return (
    <div className="side-group">
      <div className="side-title">{t(`${area.name}:nav.title`)}</div>
      {area.pages.map((page) => (
        <NavLink key={page.path} to={page.path} end={isPrefix(page.path)}>
          <span aria-hidden="true">{page.nav?.icon}</span>
          <span>{t(`${area.name}:nav.${page.nav?.name}`)}</span>
        </NavLink>
      ))}
    </div>
  )
}

/** `/ops` is the beginning of other pages' addresses and must not light up with them. */
function isPrefix(path: string): boolean {
  return AREAS.some((area) =>
    area.pages.some((page) => page.nav && page.path.startsWith(`${path}/`)),
  )
}
