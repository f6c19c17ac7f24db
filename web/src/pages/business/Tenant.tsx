import { Button, Form, Input, InputNumber, Progress } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { $api, refresh } from '../../api/client'
import { asProblem } from '../../api/problem'
import { useMay, useSession } from '../../api/session'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Figure } from '../../parts/Figure'
import { FormModal } from '../../parts/FormModal'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { State } from '../../parts/State'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { useTenants } from './useTenants'

/** One tenant: what it may spend, what it works on, and what can be done for it. */
export default function Tenant() {
  const t = useWords('business')
  const said = useSaid()
  const format = useFormat()
  const may = useMay()
  const { id = '' } = useParams()
  const { all, names } = useTenants()
  const [asked, setAsked] = useState<'deposit' | 'credit' | null>(null)
  const house = useSession()?.tenant_id === id
  const account = $api.useQuery(
    'get',
    '/v1/tenants/{tenant_id}/account',
    { params: { path: { tenant_id: id } } },
    { enabled: !house },
  )
  const tenant = all?.find((each) => each.tenant_id === id)
  const data = account.data
  const projects = useProjects(id, may('see_records'))
  const nameOf = (project: string | null) =>
    project === null
      ? t('business:tenant.whole')
      : (projects.data?.items.find((each) => each.project_id === project)?.name ?? project)
  const none = asProblem(account.error).status === 404
  return (
    <Page
      title={names.get(id) ?? id}
      lead={tenant && t(`business:category.${tenant.category}`)}
      trail={[{ label: t('business:tenants.title'), to: '/ops/tenants' }]}
      actions={
        may('operate') &&
        !house && (
          <>
            <Button onClick={() => setAsked('credit')}>{t('business:tenant.credit')}</Button>
            <Button type="primary" onClick={() => setAsked('deposit')}>
              {t('business:tenant.deposit')}
            </Button>
          </>
        )
      }
    >
      {none ? (
        <p className="soft">{t('business:tenant.no_account')}</p>
      ) : (
        <ProblemView error={account.error} again={() => account.refetch()} />
      )}
      {house && <p className="soft">{t('business:tenant.house')}</p>}
      {!data && !account.error && !house && <Loading />}
      {data && (
        <Panel>
          <div className="grid figures">
            <Figure
              label={t('business:tenant.available')}
              ask="available"
              value={format.yuan(data.available_yuan)}
            />
            <Figure
              label={t('business:tenant.held')}
              ask="held"
              value={format.yuan(data.held_yuan)}
            />
            <Figure
              label={t('business:tenant.credit_line')}
              ask="credit"
              value={format.yuan(data.credit_yuan)}
            />
            <Figure
              label={t('business:tenant.stage')}
              value={said(data.stage_zh, data.stage_en)}
              small
              note={data.stage_since && <Time at={data.stage_since} />}
            />
          </div>
        </Panel>
      )}
      {!!data?.budgets.length && (
        <Panel title={t('business:tenant.budgets')}>
          {data.budgets.map((each) => (
            <div key={each.project ?? ''}>
              <b>{nameOf(each.project)}</b>
              <Progress
                aria-label={nameOf(each.project)}
                percent={Math.min(
                  100,
                  Math.round((100 * Number(each.committed_yuan)) / Number(each.month_yuan)) || 0,
                )}
              />
            </div>
          ))}
        </Panel>
      )}
      {may('see_jobs') && <Work tenant={id} />}
      {may('see_records') && <Projects tenant={id} />}
      <Money tenant={id} asked={asked} close={() => setAsked(null)} />
    </Page>
  )
}

function Work({ tenant }: { tenant: string }) {
  const t = useWords('business')
  const { data, error, refetch } = $api.useQuery('get', '/v1/jobs', {
    params: { query: { tenant, limit: 10 } },
  })
  return (
    <Panel title={t('business:tenant.jobs')} flush>
      <DataTable
        label={t('business:tenant.jobs')}
        rows={data?.items}
        error={error}
        again={() => refetch()}
        rowKey="job_id"
        empty={<Empty title={t('business:tenant.no_jobs')} />}
        columns={[
          {
            title: t('business:tenant.job'),
            render: (_, each) => (
              <Link to={`/ops/jobs/${each.job_id}`} className="mono">
                {each.job_id}
              </Link>
            ),
          },
          { title: t('business:tenant.algorithm'), dataIndex: 'algorithm' },
          { title: t('business:tenant.state'), render: (_, each) => <State of={each.state} /> },
          {
            title: t('business:tenant.submitted'),
            render: (_, each) => <Time at={each.submitted_at} />,
          },
        ]}
      />
    </Panel>
  )
}

function useProjects(tenant: string, enabled = true) {
  return $api.useQuery(
    'get',
    '/v1/projects',
    { params: { query: { tenant, limit: 100 } } },
    { enabled },
  )
}

function Projects({ tenant }: { tenant: string }) {
  const t = useWords('business')
  const format = useFormat()
  const { data, error, refetch } = useProjects(tenant)
  return (
    <Panel title={t('business:tenant.projects')} flush>
      <DataTable
        label={t('business:tenant.projects')}
        rows={data?.items}
        error={error}
        again={() => refetch()}
        rowKey="project_id"
        empty={<Empty title={t('business:tenant.no_projects')} />}
        columns={[
          { title: t('business:tenants.name'), dataIndex: 'name' },
          {
            title: t('business:tenant.held'),
            align: 'right',
            render: (_, each) => format.yuan(each.held_yuan),
          },
          {
            title: t('business:tenant.charged'),
            align: 'right',
            render: (_, each) => format.yuan(each.charged_yuan),
          },
        ]}
      />
    </Panel>
  )
}

function Money({
  tenant,
  asked,
  close,
}: {
  tenant: string
  asked: 'deposit' | 'credit' | null
  close: () => void
}) {
  const t = useWords('business')
  const done = {
    onSuccess: () => {
      refresh('/v1/tenants/{tenant_id}/account')
      close()
    },
  }
  const deposit = $api.useMutation('post', '/v1/tenants/{tenant_id}/deposits', done)
  const credit = $api.useMutation('post', '/v1/tenants/{tenant_id}/credit', done)
  const params = { path: { tenant_id: tenant } }
  const needed = [{ required: true, message: t('business:need') }]
  return (
    <FormModal<{ yuan: number; note?: string }>
      open={asked !== null}
      close={close}
      title={asked && t(`business:tenant.${asked}`)}
      submit={t('parts:save')}
      busy={deposit.isPending || credit.isPending}
      error={deposit.error ?? credit.error}
      onFinish={({ yuan, note }) =>
        asked === 'deposit'
          ? deposit.mutate({ params, body: { yuan: String(yuan), note: note ?? '' } })
          : credit.mutate({ params, body: { yuan: String(yuan) } })
      }
    >
      {asked && <p className="soft">{t(`business:tenant.${asked}_why`)}</p>}
      <Form.Item name="yuan" label={t('business:yuan')} rules={needed}>
        <InputNumber min={0} max={1e9} precision={2} prefix="¥" style={{ width: '100%' }} />
      </Form.Item>
      {asked === 'deposit' && (
        <Form.Item name="note" label={t('business:tenant.paper')} rules={needed}>
          <Input maxLength={200} />
        </Form.Item>
      )}
    </FormModal>
  )
}
