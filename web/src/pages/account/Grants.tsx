import { Button, Form, Input, InputNumber, Popconfirm } from 'antd'
import { useState } from 'react'
import { $api, refresh, type Schemas } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { FormModal } from '../../parts/FormModal'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { usePages } from '../../parts/usePages'
import { useWords } from '../../words'

type Grant = Schemas['ApplicationOut']

/** Ask for more than the small grant: little at once, much after a review. */
export default function Grants() {
  const t = useWords('account')
  const format = useFormat()
  const [asking, setAsking] = useState(false)
  const [reporting, setReporting] = useState<Grant | null>(null)
  const found = usePages('/v1/applications', {})
  const withdraw = $api.useMutation('delete', '/v1/applications/{application_id}', {
    onSuccess: () => refresh('/v1/applications'),
  })
  const ask = (
    <Button type="primary" onClick={() => setAsking(true)}>
      {t('account:grants.ask')}
    </Button>
  )
  return (
    <Page title={t('account:grants.title')} lead={t('account:grants.lead')} actions={ask}>
      <ProblemView error={withdraw.error} />
      <Panel flush>
        <DataTable<Grant>
          label={t('account:grants.title')}
          {...found}
          rowKey="application_id"
          empty={
            <Empty title={t('account:grants.none')} action={ask}>
              {t('account:grants.none_why')}
            </Empty>
          }
          columns={[
            {
              title: t('account:grants.what'),
              render: (_, each) => (
                <div>
                  <b>{each.title}</b>
                  <div className="soft small">{each.purpose.slice(0, 120)}</div>
                </div>
              ),
            },
            {
              title: t('account:grants.asked'),
              align: 'right',
              render: (_, each) => format.yuan(each.yuan),
            },
            {
              title: t('account:grants.awarded'),
              align: 'right',
              render: (_, each) =>
                Number(each.awarded_yuan)
                  ? t('account:grants.paid_of', {
                      paid: format.yuan(each.paid_yuan),
                      awarded: format.yuan(each.awarded_yuan),
                    })
                  : '–',
            },
            {
              title: t('account:grants.state'),
              render: (_, each) => t(`account:grants.states.${each.state}`),
            },
            { title: t('account:grants.when'), render: (_, each) => <Time at={each.created_at} /> },
            {
              title: <span className="hidden-text">{t('account:grants.next')}</span>,
              render: (_, each) =>
                each.state === 'in_review' ? (
                  <Popconfirm
                    title={t('account:grants.withdraw_sure')}
                    onConfirm={() =>
                      withdraw.mutate({ params: { path: { application_id: each.application_id } } })
                    }
                  >
                    <Button size="small">{t('account:grants.withdraw')}</Button>
                  </Popconfirm>
                ) : each.state === 'awarded' &&
                  Number(each.paid_yuan) < Number(each.awarded_yuan) ? (
                  <Button size="small" type="primary" onClick={() => setReporting(each)}>
                    {t('account:grants.report')}
                  </Button>
                ) : null,
            },
          ]}
        />
      </Panel>
      <AskForm open={asking} close={() => setAsking(false)} />
      <ReportForm grant={reporting} close={() => setReporting(null)} />
    </Page>
  )
}

function AskForm({ open, close }: { open: boolean; close: () => void }) {
  const t = useWords('account')
  const { mutate, error, isPending } = $api.useMutation('post', '/v1/applications', {
    onSuccess: () => {
      refresh('/v1/applications', '/v1/me', '/v1/account')
      close()
    },
  })
  const needed = [{ required: true, message: t('account:need') }]
  return (
    <FormModal<{ title: string; purpose: string; yuan: number }>
      open={open}
      close={close}
      title={t('account:grants.ask')}
      submit={t('account:grants.send')}
      busy={isPending}
      error={error}
      onFinish={({ yuan, ...entered }) =>
        mutate({ body: { ...entered, yuan: String(yuan), device_hours: 0, devices: 0 } })
      }
    >
      <Form.Item name="title" label={t('account:grants.what')} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item
        name="purpose"
        label={t('account:grants.purpose')}
        extra={t('account:grants.purpose_why')}
        rules={needed}
      >
        <Input.TextArea rows={4} maxLength={10000} />
      </Form.Item>
      <Form.Item name="yuan" label={t('account:grants.asked')} rules={needed}>
        <InputNumber min={0.01} max={1e9} precision={2} prefix="¥" style={{ width: '100%' }} />
      </Form.Item>
    </FormModal>
  )
}

function ReportForm({ grant, close }: { grant: Grant | null; close: () => void }) {
  const t = useWords('account')
  const { mutate, error, isPending } = $api.useMutation(
    'post',
    '/v1/applications/{application_id}/report',
    {
      onSuccess: () => {
        refresh('/v1/applications')
        close()
      },
    },
  )
  return (
    <FormModal<{ text: string }>
      open={grant !== null}
      close={close}
      title={t('account:grants.report')}
      submit={t('account:grants.send')}
      busy={isPending}
      error={error}
      onFinish={(body) =>
        grant && mutate({ params: { path: { application_id: grant.application_id } }, body })
      }
    >
      <Form.Item
        name="text"
        label={t('account:grants.report_what')}
        rules={[{ required: true, message: t('account:need') }]}
      >
        <Input.TextArea rows={6} maxLength={10000} />
      </Form.Item>
    </FormModal>
  )
}
