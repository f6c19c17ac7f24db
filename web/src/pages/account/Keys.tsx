import { Button, DatePicker, Form, Input, Modal, Popconfirm, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { $api, refresh, type Schemas } from '../../api/client'
import { Copy } from '../../parts/Copy'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { FormModal } from '../../parts/FormModal'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { usePages } from '../../parts/usePages'
import { useWords } from '../../words'

type Key = Schemas['KeyOut']

const GIVEN = ['member', 'viewer', 'owner'] as const
const A_DAY_S = 86_400

/** Keys for programs; a key's text is shown once. */
export function Keys() {
  const t = useWords('account')
  const [making, setMaking] = useState(false)
  const [text, setText] = useState<string | null>(null)
  const found = usePages('/v1/keys', {})
  const rotate = $api.useMutation('post', '/v1/keys/{key_id}/rotate', {
    onSuccess: (made) => {
      refresh('/v1/keys')
      setText(made.key)
    },
  })
  const end = $api.useMutation('delete', '/v1/keys/{key_id}', {
    onSuccess: () => refresh('/v1/keys'),
  })
  const make = (
    <Button type="primary" onClick={() => setMaking(true)}>
      {t('account:keys.make')}
    </Button>
  )
  return (
    <Panel title={t('account:people.tab.keys')} extra={make} flush>
      <ProblemView error={rotate.error ?? end.error} />
      <DataTable<Key>
        label={t('account:people.tab.keys')}
        {...found}
        rows={found.rows?.filter((each) => !each.revoked_at)}
        rowKey="key_id"
        empty={
          <Empty title={t('account:keys.none')} action={make}>
            {t('account:keys.none_why')}
          </Empty>
        }
        columns={[
          {
            title: t('account:keys.name'),
            render: (_, each) => each.name || t('account:keys.nameless'),
          },
          {
            title: t('account:members.role'),
            render: (_, each) => t(`parts:role.${each.role}`),
          },
          { title: t('account:keys.used'), render: (_, each) => <Time at={each.last_used_at} /> },
          {
            title: t('account:keys.expires'),
            render: (_, each) =>
              each.expires_at ? <Time at={each.expires_at} exact /> : t('account:keys.never'),
          },
          {
            title: <span className="hidden-text">{t('account:keys.acts')}</span>,
            render: (_, each) => (
              <div className="row">
                <Popconfirm
                  title={t('account:keys.rotate_sure')}
                  onConfirm={() =>
                    rotate.mutate({
                      params: { path: { key_id: each.key_id } },
                      body: { overlap_s: A_DAY_S },
                    })
                  }
                >
                  <Button size="small">{t('account:keys.rotate')}</Button>
                </Popconfirm>
                <Popconfirm
                  title={t('account:keys.end_sure')}
                  onConfirm={() => end.mutate({ params: { path: { key_id: each.key_id } } })}
                >
                  <Button size="small" danger>
                    {t('account:keys.end')}
                  </Button>
                </Popconfirm>
              </div>
            ),
          },
        ]}
      />
      <KeyForm
        open={making}
        close={() => setMaking(false)}
        told={(key) => {
          setMaking(false)
          setText(key)
        }}
      />
      <Modal
        open={text !== null}
        title={t('account:keys.told')}
        onCancel={() => setText(null)}
        footer={
          <Button type="primary" onClick={() => setText(null)}>
            {t('account:keys.kept')}
          </Button>
        }
      >
        <p>{t('account:keys.told_why')}</p>
        <p className="row">
          <code className="mono grow">{text}</code>
          <Copy text={text ?? ''} />
        </p>
      </Modal>
    </Panel>
  )
}

interface Entered {
  name: string
  role: (typeof GIVEN)[number]
  project?: string
  expires?: Dayjs
}

function KeyForm({
  open,
  close,
  told,
}: {
  open: boolean
  close: () => void
  told: (key: string | null) => void
}) {
  const t = useWords('account')
  const projects = $api.useQuery('get', '/v1/projects', { params: { query: { limit: 200 } } })
  const { mutate, error, isPending } = $api.useMutation('post', '/v1/keys', {
    onSuccess: (made) => {
      refresh('/v1/keys')
      told(made.key)
    },
  })
  return (
    <FormModal<Entered>
      open={open}
      close={close}
      title={t('account:keys.make')}
      submit={t('account:keys.make')}
      busy={isPending}
      error={error}
      initialValues={{ role: 'member' }}
      onFinish={({ name, role, project, expires }) =>
        mutate({
          body: {
            name,
            role,
            project: project ?? null,
            expires_at: expires ? expires.endOf('day').toISOString() : null,
          },
        })
      }
    >
      <Form.Item
        name="name"
        label={t('account:keys.name')}
        extra={t('account:keys.name_why')}
        rules={[{ required: true, message: t('account:need') }]}
      >
        <Input autoComplete="off" maxLength={200} />
      </Form.Item>
      <Form.Item name="role" label={t('account:members.role')}>
        <Select options={GIVEN.map((value) => ({ value, label: t(`parts:role.${value}`) }))} />
      </Form.Item>
      <Form.Item name="project" label={t('account:keys.project')}>
        <Select
          allowClear
          options={projects.data?.items
            .filter((each) => !each.closed_at)
            .map((each) => ({ value: each.project_id, label: each.name }))}
        />
      </Form.Item>
      <Form.Item name="expires" label={t('account:keys.expires')}>
        <DatePicker style={{ width: '100%' }} />
      </Form.Item>
    </FormModal>
  )
}
