import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { Link, useNavigate } from 'react-router'
import { $api } from '../../api/client'
import { begin } from '../../api/session'
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
      <Link to="/login" className="door-act">
        <Button type="primary" size="large" block>
          {t('public:enter.login')}
        </Button>
      </Link>
    </Door>
  )
}
