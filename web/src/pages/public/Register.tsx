import { Button, Form, Input } from 'antd'
import { Link, useNavigate } from 'react-router'
import { $api, api, type Schemas } from '../../api/client'
import { begin } from '../../api/session'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { Door, useFront } from './Door'

/** An organisation opens its own account and is inside at once. */
export default function Register() {
  const t = useWords('public')
  const format = useFormat()
  const front = useFront()
  const go = useNavigate()
  const { mutate, isPending, error } = $api.useMutation('post', '/v1/registrations', {
    onSuccess: async (_, { body }) => {
      const { login, password } = body
      const { data } = await api.POST('/v1/session', { body: { login, password } })
      if (data) begin(data)
      go('/', { replace: true })
    },
  })
  const needed = [{ required: true, message: t('public:register.need') }]
  return (
    <Door
      title={t('public:register.title')}
      lead={front && !front.registration ? t('public:register.closed') : t('public:register.lead')}
    >
      {front?.registration !== false && (
        <Form<Schemas['RegistrationIn']>
          layout="vertical"
          requiredMark={false}
          size="large"
          onFinish={(body) => mutate({ body })}
          disabled={isPending}
        >
          <Form.Item name="tenant" label={t('public:register.tenant')} rules={needed}>
            <Input autoComplete="organization" autoFocus />
          </Form.Item>
          <Form.Item name="name" label={t('public:register.name')} rules={needed}>
            <Input autoComplete="name" />
          </Form.Item>
          <Form.Item
            name="login"
            label={t('public:register.login')}
            extra={t('public:register.login_why')}
            rules={needed}
          >
            <Input autoComplete="username" />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('public:register.password')}
            rules={[{ required: true, min: SHORTEST, message: t('public:register.password_why') }]}
            extra={t('public:register.password_why')}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
          <ProblemView error={error} />
          <Button type="primary" htmlType="submit" block loading={isPending}>
            {t('public:register.go')}
          </Button>
          {front && (
            <p className="soft small">
              {t('public:register.grant', { yuan: format.yuan(front.grant_yuan) })}
            </p>
          )}
        </Form>
      )}
      <div className="door-links">
        <Link to="/login">{t('public:register.have')}</Link>
      </div>
    </Door>
  )
}

const SHORTEST = 10
