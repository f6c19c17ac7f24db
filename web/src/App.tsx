import { QueryClientProvider } from '@tanstack/react-query'
import { App as AntApp, ConfigProvider } from 'antd'
import { type ComponentType, lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { BrowserRouter, Navigate, Route, Routes, useLocation } from 'react-router'
import { queries } from './api/client'
import { SessionGate, useMay, useSession } from './api/session'
import { useMode } from './look/mode'
import { themeOf } from './look/theme'
import { Loading } from './parts/Loading'
import type { PageRoute } from './shell/area'
import { AREAS } from './shell/areas'
import { NotFound } from './shell/NotFound'
import { Shell } from './shell/Shell'
import { type Language, useLanguage } from './words'

const nonce =
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.getAttribute('content') ?? ''

const Login = lazy(() => import('./pages/public/Login'))
const Register = lazy(() => import('./pages/public/Register'))
const Enter = lazy(() => import('./pages/public/Enter'))
const Board = lazy(() => import('./pages/public/Board'))

const PAGES = AREAS.flatMap(({ pages }) =>
  pages.map((page) => ({ page, Content: lazy(page.load) })),
)

/** Everything around the pages: look, language, session, addresses. */
export function App() {
  const [mode] = useMode()
  const theme = useMemo(() => themeOf(mode), [mode])
  const locale = useAntLocale(useLanguage())
  return (
    <ConfigProvider
      theme={theme}
      csp={{ nonce }}
      button={{ autoInsertSpace: false }}
      {...(locale ? { locale } : {})}
    >
      <AntApp component={false}>
        <QueryClientProvider client={queries}>
          <BrowserRouter>
            <SessionGate waiting={<Loading />}>
              <Suspense fallback={<Loading />}>
                <Addresses />
              </Suspense>
            </SessionGate>
          </BrowserRouter>
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  )
}

function Addresses() {
  const session = useSession()
  const home = useHome()
  return (
    <Routes>
      <Route path="/enter" element={<Enter />} />
      <Route path="/login" element={session ? <Navigate to={home} replace /> : <Login />} />
      <Route path="/register" element={session ? <Navigate to={home} replace /> : <Register />} />
      <Route path="/board" element={session ? <Framed Content={Board} /> : <Board />} />
      <Route path="/" element={<Navigate to={session ? home : '/login'} replace />} />
      {PAGES.map(({ page, Content }) => (
        <Route
          key={page.path}
          path={page.path}
          element={
            <Known needs={page.needs}>
              <Framed Content={Content} />
            </Known>
          }
        />
      ))}
      <Route path="*" element={session ? <Framed Content={NotFound} /> : <ToLogin />} />
    </Routes>
  )
}

/** Where someone begins: with their own work, or with the centre's. */
function useHome(): string {
  const may = useMay()
  const session = useSession()
  const operates = session && ['operator', 'admin'].includes(session.role)
  const first = (side: 'tenant' | 'operator') =>
    AREAS.filter((area) => area.side === side)
      .flatMap((area) => area.pages)
      .find((page) => page.nav && may(...page.needs))?.path
  return (operates ? first('operator') : first('tenant')) ?? first('operator') ?? '/board'
}

function Framed({ Content }: { Content: ComponentType }) {
  return (
    <Shell>
      <Suspense fallback={<Loading rows={8} />}>
        <Content />
      </Suspense>
    </Shell>
  )
}

function Known({ needs, children }: { needs: PageRoute['needs']; children: React.ReactNode }) {
  const may = useMay()
  if (!useSession()) return <ToLogin />
  return may(...needs) ? children : <Framed Content={NotFound} />
}

/** To the login, and back here afterwards. */
function ToLogin() {
  const { pathname, search } = useLocation()
  return <Navigate to={`/login?next=${encodeURIComponent(pathname + search)}`} replace />
}

function useAntLocale(language: Language) {
  const [locale, setLocale] = useState<object>()
  useEffect(() => {
    const found = language === 'zh' ? import('antd/locale/zh_CN') : import('antd/locale/en_GB')
    found.then((each) => setLocale(each.default))
  }, [language])
  return locale as import('antd/es/locale').Locale | undefined
}
