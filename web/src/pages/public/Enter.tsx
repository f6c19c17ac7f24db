import { useEffect, useRef } from 'react'
import { useNavigate } from 'react-router'
import { $api } from '../../api/client'
import { begin } from '../../api/session'
import { LinkButton } from '../../parts/LinkButton'
import { Loading } from '../../parts/Loading'
import { useWords } from '../../words'
import { Door } from './Door'

/** A link from the centre's own machine, `/enter#TICKET`: used once, then one is inside. */
export default function Enter() {
  const t = useWords('public')
  const go = useNavigate()
  const asked = useRef(false)
  const { mutate, isError } = $api.useMutation('post', '/v1/session', {
    onSuccess: (session) => {
      begin(session)
      go('/', { replace: true })
    },
  })
  useEffect(() => {
    if (asked.current) return
    asked.current = true
    mutate({ body: { ticket: location.hash.slice(1) } })
    history.replaceState(null, '', '/enter')
  }, [mutate])
  if (!isError) {
    return (
      <Door title={t('public:enter.title')} lead="">
        <Loading />
      </Door>
    )
  }
  return (
    <Door title={t('public:enter.failed')} lead={t('public:enter.todo')}>
      <LinkButton to="/login" className="door-act" type="primary" size="large" block>
        {t('public:enter.login')}
      </LinkButton>
    </Door>
  )
}
