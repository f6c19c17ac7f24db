import {
  LogoutOutlined,
  MoonOutlined,
  SearchOutlined,
  SunOutlined,
  TranslationOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { Popover } from 'antd'
import { type ReactNode, useState } from 'react'
import { Link } from 'react-router'
import { $api } from '../api/client'
import { logOut, type Session, useMay, useSession } from '../api/session'
import { useMode } from '../look/mode'
import { useFormat } from '../parts/useFormat'
import { speak, useLanguage, useWords } from '../words'
import { openSearch } from './Search'

/** Who is here, what they may spend, and how they like to see and read it. */
export function TopBar({ menu }: { menu: ReactNode }) {
  const t = useWords()
  const session = useSession()
  return (
    <header className="bar">
      {menu}
      <button
        type="button"
        className="search-open"
        aria-label={t('shell:search.open')}
        onClick={openSearch}
      >
        <SearchOutlined />
        <span>{t('shell:search.open')}</span>
        <kbd>/</kbd>
      </button>
      <div className="grow" />
      <Balance />
      <LanguageSwitch />
      <ModeSwitch />
      {session ? <Me session={session} /> : <Link to="/login">{t('shell:log_in')}</Link>}
    </header>
  )
}

/** Who one is, and the way out. */
function Me({ session }: { session: Session }) {
  const t = useWords()
  const [open, setOpen] = useState(false)
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <div className="me">
          <div className="me-who">
            <b>{session.name}</b>
            <span>
              {session.tenant_name} · {t(`parts:role.${session.role}`)}
            </span>
          </div>
          <Link to="/board" className="me-act" onClick={() => setOpen(false)}>
            {t('shell:board')}
          </Link>
          <button type="button" className="plain me-act" onClick={logOut}>
            <LogoutOutlined /> {t('shell:log_out')}
          </button>
        </div>
      }
    >
      <button type="button" className="plain" aria-label={t('shell:me')} aria-expanded={open}>
        <UserOutlined />
      </button>
    </Popover>
  )
}

function Balance() {
  const t = useWords()
  const format = useFormat()
  const may = useMay()
  const { data } = $api.useQuery(
    'get',
    '/v1/me',
    {},
    { enabled: may('see_own'), refetchInterval: 60_000 },
  )
  if (data?.available_yuan == null) return null
  return (
    <Link to="/usage" className="balance" title={t('shell:balance_why')}>
      <span className="faint">{t('shell:balance')}</span> {format.yuan(data.available_yuan)}
    </Link>
  )
}

export function LanguageSwitch() {
  const t = useWords()
  const language = useLanguage()
  const other = language === 'zh' ? 'en' : 'zh'
  return (
    <button
      type="button"
      className="plain"
      lang={other}
      aria-label={`${other === 'zh' ? '中文' : 'EN'} · ${t('shell:language')}`}
      title={t('shell:language')}
      onClick={() => speak(other)}
    >
      <TranslationOutlined />
      <span className="small">{other === 'zh' ? '中文' : 'EN'}</span>
    </button>
  )
}

export function ModeSwitch() {
  const t = useWords()
  const [mode, setMode] = useMode()
  const other = mode === 'dark' ? 'light' : 'dark'
  return (
    <button
      type="button"
      className="plain"
      aria-label={t(`shell:mode.${other}`)}
      title={t(`shell:mode.${other}`)}
      onClick={() => setMode(other)}
    >
      {mode === 'dark' ? <SunOutlined /> : <MoonOutlined />}
    </button>
  )
}
