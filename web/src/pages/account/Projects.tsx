import { Button, Form, Input, InputNumber, Popconfirm } from 'antd'
import { useState } from 'react'
import { $api, refresh, type Schemas } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { FormModal } from '../../parts/FormModal'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { usePages } from '../../parts/usePages'
import { useWords } from '../../words'

type Project = Schemas['ProjectOut']

/** Parts of the work, each with its own share of the money. */
export function Projects() {
  const t = useWords('account')
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const found = usePages('/v1/projects', {})
  const close = $api.useMutation('delete', '/v1/projects/{project_id}', {
    onSuccess: () => refresh('/v1/projects'),
  })
  const make = (
    <Button type="primary" onClick={() => setOpen(true)}>
      {t('account:projects.make')}
    </Button>
  )
  return (
    <Panel title={t('account:people.tab.projects')} extra={make} flush>
      <ProblemView error={close.error} />
      <DataTable<Project>
        label={t('account:people.tab.projects')}
        {...found}
        rows={found.rows?.filter((each) => !each.closed_at)}
        rowKey="project_id"
        empty={
          <Empty title={t('account:projects.none')} action={make}>
            {t('account:projects.none_why')}
          </Empty>
        }
        columns={[
          { title: t('account:projects.name'), dataIndex: 'name' },
          {
            title: t('account:projects.share'),
            align: 'right',
            render: (_, each) =>
              each.allocation_yuan == null
                ? t('account:projects.common')
                : format.yuan(each.allocation_yuan),
          },
          {
            title: t('account:standing.held'),
            align: 'right',
            render: (_, each) => format.yuan(each.held_yuan),
          },
          {
            title: t('account:bills.charged'),
            align: 'right',
            render: (_, each) => format.yuan(each.charged_yuan),
          },
          {
            title: <span className="hidden-text">{t('account:projects.close')}</span>,
            render: (_, each) => (
              <Popconfirm
                title={t('account:projects.close_sure', { name: each.name })}
                onConfirm={() =>
                  close.mutate({ params: { path: { project_id: each.project_id } } })
                }
              >
                <Button size="small">{t('account:projects.close')}</Button>
              </Popconfirm>
            ),
          },
        ]}
      />
      <ProjectForm open={open} close={() => setOpen(false)} />
    </Panel>
  )
}

function ProjectForm({ open, close }: { open: boolean; close: () => void }) {
  const t = useWords('account')
  const { mutate, error, isPending } = $api.useMutation('post', '/v1/projects', {
    onSuccess: () => {
      refresh('/v1/projects')
      close()
    },
  })
  return (
    <FormModal<{ name: string; share?: number | null }>
      open={open}
      close={close}
      title={t('account:projects.make')}
      submit={t('account:projects.make')}
      busy={isPending}
      error={error}
      onFinish={({ name, share }) =>
        mutate({ body: { name, allocation_yuan: share == null ? null : String(share) } })
      }
    >
      <Form.Item
        name="name"
        label={t('account:projects.name')}
        rules={[{ required: true, message: t('account:need') }]}
      >
        <Input autoComplete="off" maxLength={200} />
      </Form.Item>
      <Form.Item
        name="share"
        label={t('account:projects.share')}
        extra={t('account:projects.share_why')}
      >
        <InputNumber min={0} max={1e9} precision={2} prefix="¥" style={{ width: '100%' }} />
      </Form.Item>
    </FormModal>
  )
}
