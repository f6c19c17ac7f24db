import { Button, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { $api, refresh, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { Copy } from '../../parts/Copy'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFilters } from '../../parts/useFilters'
import { useWords } from '../../words'
import { type Tenant, useTenants } from './useTenants'

const CATEGORIES = ['internal', 'partner', 'external'] as const

/** Who is served here. */
export default function Tenants() {
  const t = useWords('business')
  const may = useMay()
  const [{ q, category }, set] = useFilters('q', 'category')
  const [adding, setAdding] = useState(false)
  const { all, error, again } = useTenants()
  const rows = all?.filter(
    (each) =>
      (!q || each.name.toLowerCase().includes(q.toLowerCase())) &&
      (!category || each.category === category),
  )
  const add = may('operate') && (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t('business:tenants.add')}
    </Button>
  )
  return (
    <Page title={t('business:tenants.title')} lead={t('business:tenants.lead')} actions={add} wide>
      <Panel flush>
        <div className="filters">
          <Input.Search
            allowClear
            aria-label={t('business:tenants.search')}
            placeholder={t('business:tenants.search')}
            style={{ maxWidth: 260 }}
            value={q ?? ''}
            onChange={(event) => set({ q: event.target.value })}
          />
          <Select
            aria-label={t('business:tenants.category')}
            style={{ width: 150 }}
            value={category ?? ''}
            onChange={(value) => set({ category: value })}
            options={[
              { value: '', label: t('parts:all') },
              ...CATEGORIES.map((value) => ({
                value,
                label: t(`business:category.${value}`),
              })),
            ]}
          />
        </div>
        <DataTable<Tenant>
          label={t('business:tenants.title')}
          rows={rows}
          error={error}
          again={again}
          rowKey="tenant_id"
          empty={
            <Empty title={t('business:tenants.none')} action={add || undefined}>
              {t('business:tenants.none_why')}
            </Empty>
          }
          columns={[
            {
              title: t('business:tenants.name'),
              render: (_, each) => (
                <Link to={`/ops/tenants/${each.tenant_id}`}>
                  <b>{each.name}</b>
                </Link>
              ),
            },
            {
              title: t('business:tenants.category'),
              render: (_, each) => t(`business:category.${each.category}`),
            },
            {
              title: t('business:tenants.since'),
              render: (_, each) => <Time at={each.created_at} exact />,
            },
            {
              title: t('business:tenants.id'),
              render: (_, each) => <span className="mono faint">{each.tenant_id}</span>,
            },
          ]}
        />
      </Panel>
      <NewTenant open={adding} close={() => setAdding(false)} />
    </Page>
  )
}

function NewTenant({ open, close }: { open: boolean; close: () => void }) {
  const t = useWords('business')
  const [made, setMade] = useState<Schemas['NewTenantOut'] | null>(null)
  const { mutate, error, isPending } = $api.useMutation('post', '/v1/tenants', {
    onSuccess: (found) => {
      refresh('/v1/tenants')
      setMade(found)
    },
  })
  const done = () => {
    setMade(null)
    close()
  }
  return (
    <Modal
      open={open}
      onCancel={done}
      footer={null}
      title={t('business:tenants.add')}
      destroyOnHidden
    >
      {made ? (
        <div className="stack">
          <p>{t('business:tenants.made', { name: made.tenant.name })}</p>
          <p className="row">
            <code className="mono grow">{made.key}</code>
            <Copy text={made.key ?? ''} />
          </p>
          <Button type="primary" onClick={done}>
            {t('parts:close')}
          </Button>
        </div>
      ) : (
        <Form<{ name: string; category: Tenant['category'] }>
          layout="vertical"
          initialValues={{ category: 'external' }}
          onFinish={(entered) => mutate({ body: { ...entered, local: false } })}
        >
          <Form.Item
            name="name"
            label={t('business:tenants.name')}
            rules={[{ required: true, message: t('business:need') }]}
          >
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item
            name="category"
            label={t('business:tenants.category')}
            extra={t('business:tenants.category_why')}
          >
            <Select
              options={CATEGORIES.map((value) => ({
                value,
                label: t(`business:category.${value}`),
              }))}
            />
          </Form.Item>
          <ProblemView error={error} />
          <Button type="primary" htmlType="submit" loading={isPending}>
            {t('business:tenants.add')}
          </Button>
        </Form>
      )}
    </Modal>
  )
}
