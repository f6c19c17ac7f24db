import { App, Button, Form, Input } from 'antd'
import { $api } from '../../api/client'
import { begin, useMe } from '../../api/session'
import { Empty } from '../../parts/Empty'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useWords } from '../../words'

/** One's own password; every other session of one's own ends with the old one. */
export function Password() {
  const t = useWords('account')
  const me = useMe()
  const { message } = App.useApp()
  const [form] = Form.useForm()
  const { mutate, error, isPending } = $api.useMutation('post', '/v1/session/password', {
    onSuccess: (session) => {
      begin(session)
      form.resetFields()
      message.success(t('account:password.done'))
    },
  })
  const needed = [{ required: true, message: t('account:need') }]
  if (!me.member_id) {
    return (
      <Panel>
        <Empty title={t('account:password.none')}>{t('account:password.none_why')}</Empty>
      </Panel>
    )
  }
  return (
    <Panel title={t('account:people.tab.password')}>
      <Form<{ password: string; new_password: string }>
        form={form}
        layout="vertical"
        style={{ maxWidth: 400 }}
        onFinish={(body) => mutate({ body })}
      >
        <Form.Item name="password" label={t('account:password.old')} rules={needed}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="new_password"
          label={t('account:password.new')}
          extra={t('public:register.password_why')}
          rules={needed}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <ProblemView error={error} />
        <Button type="primary" htmlType="submit" loading={isPending}>
          {t('account:password.change')}
        </Button>
      </Form>
    </Panel>
  )
}
