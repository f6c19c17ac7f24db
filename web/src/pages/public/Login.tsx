import { Button, Form, Input, Segmented } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { $api } from '../../api/client'
import { begin } from '../../api/session'
import { ProblemView } from '../../parts/ProblemView'
import { useWords } from '../../words'
import { Door, useFront } from './Door'

type Entered = { login: string; password: string } | { key: string }

/** Log in with name and password, or with a key, or through another house. */
export default function Login() {
  const t = useWords('public')
  const front = useFront()
  const go = useNavigate()
  const [search] = useSearchParams()
  const [way, setWay] = useState<'password' | 'key'>('password')
  const { mutate, isPending, error, reset } = $api.useMutation('post', '/v1/session', {
    onSuccess: (session) => {
      begin(session)
      go(here(search.get('next')), { replace: true })
    },
  })
  return (
    <Door title={t('public:login.title')} lead={t('public:login.lead')}>
      <Form<Entered>
        layout="vertical"
        requiredMark={false}
        size="large"
        onFinish={(body) => mutate({ body })}
        disabled={isPending}
      >
        <Form.Item>
          <Segmented
            aria-label={t('public:login.title')}
            value={way}
            onChange={(chosen) => {
              setWay(chosen as 'password' | 'key')
              reset()
            }}
            options={[
              { value: 'password', label: t('public:login.password_tab') },
              { value: 'key', label: t('public:login.key_tab') },
            ]}
          />
        </Form.Item>
        {way === 'password' ? (
          <>
            <Form.Item
              name="login"
              label={t('public:login.name')}
              rules={[{ required: true, message: t('public:login.need_name') }]}
            >
              <Input autoComplete="username" autoFocus />
            </Form.Item>
            <Form.Item
              name="password"
              label={t('public:login.password')}
              rules={[{ required: true, message: t('public:login.need_password') }]}
            >
              <Input.Password autoComplete="current-password" />
            </Form.Item>
          </>
        ) : (
          <Form.Item
            name="key"
            label={t('public:login.key')}
            extra={t('public:login.key_why')}
            rules={[{ required: true, message: t('public:login.need_key') }]}
          >
            <Input.Password autoComplete="off" autoFocus />
          </Form.Item>
        )}
        <ProblemView error={error} />
        <Button type="primary" htmlType="submit" block loading={isPending}>
          {t('public:login.go')}
        </Button>
      </Form>
      <div className="door-links">
        {front?.other_house && <a href="/v1/session/oidc">{t('public:login.other_house')}</a>}
        {front?.registration && <Link to="/register">{t('public:login.register')}</Link>}
        <Link to="/board">{t('public:login.board')}</Link>
      </div>
    </Door>
  )
}

/** Only to a page of this console, whatever the address says. */
function here(next: string | null): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? next : '/'
}
