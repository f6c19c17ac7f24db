import { CloseOutlined, MenuOutlined } from '@ant-design/icons'
import { type ReactNode, useEffect, useState } from 'react'
import { Link, matchPath, NavLink, useLocation } from 'react-router'
import { useMay } from '../api/session'
import { useWords } from '../words'
import type { Area, PageRoute } from './area'
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

const SIDES = ['tenant', 'operator'] as const

/** The pages this person may see; who may see both sides goes from one to the other by its name. */
function Navigation() {
  const t = useWords()
  const may = useMay()
  const { pathname } = useLocation()
  const seen = AREAS.map((area) => ({
    ...area,
    pages: area.pages.filter((page) => page.nav && may(...page.needs)),
  })).filter((area) => area.pages.length)
  const sides = SIDES.filter((side) => seen.some((area) => area.side === side))
  const asked = sideOf(pathname)
  const here = asked && sides.includes(asked) ? asked : sides.at(-1)
  return (
    <nav aria-label={t('shell:pages')}>
      {sides.length > 1 && (
        <div className="sides">
          {sides.map((side) => (
            <Link
              key={side}
              to={seen.find((area) => area.side === side)?.pages[0]?.path ?? '/'}
              aria-current={side === here ? 'true' : undefined}
            >
              {t(`shell:side.${side}`)}
            </Link>
          ))}
        </div>
      )}
      {seen
        .filter((area) => area.side === here)
        .map((area) => (
          <Group key={area.name} area={area} />
        ))}
    </nav>
  )
}

function Group({ area }: { area: Area }) {
  const t = useWords(area.name)
  const here = pageOf(useLocation().pathname)?.under
  return (
    <div className="side-group">
      <div className="side-title">{t(`${area.name}:nav.title`)}</div>
      {area.pages.map((page) => (
        <NavLink
          key={page.path}
          to={page.path}
          end={isPrefix(page.path)}
          className={({ isActive }) => (isActive || page.path === here ? 'active' : '')}
        >
          <span aria-hidden="true">{page.nav?.icon}</span>
          <span>{t(`${area.name}:nav.${page.nav?.name}`)}</span>
        </NavLink>
      ))}
    </div>
  )
}

function pageOf(address: string): PageRoute | undefined {
  return AREAS.flatMap((area) => area.pages).find((page) => matchPath(page.path, address))
}

function sideOf(address: string): Area['side'] | undefined {
  return AREAS.find((area) => area.pages.some((page) => matchPath(page.path, address)))?.side
}

/** `/ops` is the beginning of other pages' addresses and must not light up with them. */
function isPrefix(path: string): boolean {
  return AREAS.some((area) =>
    area.pages.some((page) => page.nav && page.path.startsWith(`${path}/`)),
  )
}
