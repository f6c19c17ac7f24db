import { type ReactNode, useEffect } from 'react'
import { $api } from '../../api/client'
import { Stream } from '../../parts/Stream'
import { Mark } from '../../shell/Mark'
import { LanguageSwitch, ModeSwitch } from '../../shell/TopBar'
import { useSaid, useWords } from '../../words'
import './public.css'

/** What the centre tells before anyone is logged in. */
export function useFront() {
  return $api.useQuery('get', '/v1/front', {}, { staleTime: 300_000 }).data
}

/** The page in front of the door: the centre's promise on one side, a form on the other. */
export function Door({ title, lead, children }: DoorProps) {
  const t = useWords()
  const front = useFront()
  const said = useSaid()
  useEffect(() => {
    document.title = `${title} · ${t('shell:name')}`
  }, [title, t])
  return (
    <div className="door">
      <div className="door-tools">
        <LanguageSwitch />
        <ModeSwitch />
      </div>
      <section className="door-story">
        <div className="brand">
          <Mark size={40} />
          <span>{front ? said(front.centre_name_zh, front.centre_name_en) : t('shell:name')}</span>
        </div>
        <p className="promise">{t('public:promise')}</p>
        <Stream />
        <p className="soft">{t('public:promise_why')}</p>
      </section>
      <main className="door-form">
        <h1>{title}</h1>
        <p className="lead">{lead}</p>
        {children}
      </main>
    </div>
  )
}

interface DoorProps {
  title: string
  lead: ReactNode
  children: ReactNode
}
