import { Button, Form, Input, Popconfirm, Select } from 'antd'
import { useState } from 'react'
import { $api, refresh, type Schemas } from '../../api/client'
import { useMe } from '../../api/session'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { FormModal } from '../../parts/FormModal'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { usePages } from '../../parts/usePages'
import { useWords } from '../../words'

type Member = Schemas['MemberOut']

const GIVEN = ['owner', 'member', 'viewer'] as const

/** Who works here, and what each may do. */
export function Members() {
  const t = useWords('account')
  const me = useMe()
  const [adding, setAdding] = useState(false)
  const found = usePages('/v1/members', {})
  const done = { onSuccess: () => refresh('/v1/members') }
  const remove = $api.useMutation('delete', '/v1/members/{member_id}', done)
  const change = $api.useMutation('post', '/v1/members/{member_id}', done)
  const add = (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t('account:members.add')}
    </Button>
  )
  const rows = found.rows?.filter((each) => !each.removed_at)
  return (
    <Panel title={t('account:people.tab.members')} extra={add} flush>
      <ProblemView error={remove.error ?? change.error} />
      <DataTable<Member>
        label={t('account:people.tab.members')}
        {...found}
        rows={rows}
        rowKey="member_id"
        empty={
          <Empty title={t('account:members.none')} action={add}>
            {t('account:members.none_why')}
          </Empty>
        }
        columns={[
          { title: t('account:members.name'), dataIndex: 'name' },
          { title: t('account:members.login'), dataIndex: 'login' },
          {
            title: t('account:members.role'),
            render: (_, each) =>
              each.member_id === me.member_id || !GIVEN.some((role) => role === each.role) ? (
                t(`parts:role.${each.role}`)
              ) : (
                <Select
                  aria-label={t('account:members.role_of', { name: each.name })}
                  value={each.role}
                  style={{ width: 130 }}
                  onChange={(role) =>
                    change.mutate({
                      params: { path: { member_id: each.member_id } },
                      body: { role },
                    })
                  }
                  options={GIVEN.map((value) => ({ value, label: t(`parts:role.${value}`) }))}
                />
              ),
          },
          {
            title: t('account:members.since'),
            render: (_, each) => <Time at={each.created_at} />,
          },
          {
            title: <span className="hidden-text">{t('account:members.remove')}</span>,
            render: (_, each) =>
              each.member_id === me.member_id ? null : (
                <Popconfirm
                  title={t('account:members.remove_sure', { name: each.name })}
                  onConfirm={() =>
                    remove.mutate({ params: { path: { member_id: each.member_id } } })
                  }
                >
                  <Button size="small">{t('account:members.remove')}</Button>
                </Popconfirm>
              ),
          },
        ]}
      />
      <MemberForm open={adding} close={() => setAdding(false)} />
    </Panel>
  )
}

function MemberForm({ open, close }: { open: boolean; close: () => void }) {
  const t = useWords('account')
  const { mutate, error, isPending } = $api.useMutation('post', '/v1/members', {
    onSuccess: () => {
      refresh('/v1/members')
      close()
    },
  })
  const needed = [{ required: true, message: t('account:need') }]
  return (
    <FormModal<Schemas['MemberIn']>
      open={open}
      close={close}
      title={t('account:members.add')}
      submit={t('account:members.add')}
      busy={isPending}
      error={error}
      initialValues={{ role: 'member' }}
      onFinish={(body) => mutate({ body })}
    >
      <Form.Item name="name" label={t('account:members.name')} rules={needed}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="login" label={t('account:members.login')} rules={needed}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="role" label={t('account:members.role')}>
        <Select
          options={GIVEN.map((value) => ({
            value,
            label: `${t(`parts:role.${value}`)} – ${t(`account:members.may.${value}`)}`,
          }))}
        />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('account:members.password')}
        extra={t('account:members.password_why')}
        rules={needed}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </FormModal>
  )
}
