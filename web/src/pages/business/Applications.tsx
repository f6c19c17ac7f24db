import { Button, Form, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { $api, refresh, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFilters } from '../../parts/useFilters'
import { useFormat } from '../../parts/useFormat'
import { usePages } from '../../parts/usePages'
import { useWords } from '../../words'
import { useTenants } from './useTenants'

type Application = Schemas['ApplicationOut']

const STATES = [
  'in_review',
  'awarded',
  'reported',
  'completed',
  'refused',
  'withdrawn',
] as const satisfies Application['state'][]

/** Who asks for more, and what is decided about it. */
export default function Applications() {
  const t = useWords('business')
  const format = useFormat()
  const may = useMay()
  const { names } = useTenants()
  const [filters, set] = useFilters('state')
  const state = STATES.find((each) => each === filters.state)
  const [open, setOpen] = useState<Application | null>(null)
  const found = usePages('/v1/applications', { state })
  return (
    <Page title={t('business:applications.title')} lead={t('business:applications.lead')} wide>
      <Panel flush>
        <div className="filters">
          <Select
            aria-label={t('business:applications.state')}
            style={{ width: 180 }}
            value={state ?? ''}
            onChange={(value) => set({ state: value })}
            options={[
              { value: '', label: t('parts:all') },
              ...STATES.map((value) => ({ value, label: t(`account:grants.states.${value}`) })),
            ]}
          />
        </div>
        <DataTable<Application>
          label={t('business:applications.title')}
          {...found}
          rowKey="application_id"
          empty={
            <Empty title={t('business:applications.none')}>
              {t('business:applications.none_why')}
            </Empty>
          }
          columns={[
            {
              title: t('business:applications.what'),
              render: (_, each) => (
                <div style={{ maxWidth: 420 }}>
                  <b>{each.title}</b>
                  <div className="soft small">{each.purpose.slice(0, 160)}</div>
                </div>
              ),
            },
            {
              title: t('business:applications.who'),
              render: (_, each) => names.get(each.tenant_id) ?? each.tenant_id,
            },
            {
              title: t('business:applications.asked'),
              align: 'right',
              render: (_, each) => format.yuan(each.yuan),
            },
            {
              title: t('business:applications.state'),
              render: (_, each) => t(`account:grants.states.${each.state}`),
            },
            {
              title: t('business:applications.sent'),
              render: (_, each) => <Time at={each.created_at} />,
            },
            {
              title: <span className="hidden-text">{t('business:applications.decide')}</span>,
              render: (_, each) => (
                <Button size="small" onClick={() => setOpen(each)}>
                  {t(
                    may('operate') && ['in_review', 'reported'].includes(each.state)
                      ? 'business:applications.decide'
                      : 'business:applications.see',
                  )}
                </Button>
              ),
            },
          ]}
        />
      </Panel>
      <Decision application={open} close={() => setOpen(null)} />
    </Page>
  )
}

function Decision({ application, close }: { application: Application | null; close: () => void }) {
  const t = useWords('business')
  const format = useFormat()
  const may = useMay()
  const done = {
    onSuccess: () => {
      refresh('/v1/applications')
      close()
    },
  }
  const review = $api.useMutation('post', '/v1/applications/{application_id}/review', done)
  const verdict = $api.useMutation('post', '/v1/applications/{application_id}/verdict', done)
  const params = { path: { application_id: application?.application_id ?? '' } }
  return (
    <Modal
      open={application !== null}
      onCancel={close}
      footer={null}
      width={640}
      title={application?.title}
      destroyOnHidden
    >
      {application && (
        <div className="stack">
          <p style={{ whiteSpace: 'pre-wrap' }}>{application.purpose}</p>
          {application.votes.length > 0 && (
            <ul>
              {application.votes.map((each) => (
                <li key={each.actor + each.at}>
                  {format.yuan(each.yuan)} · {each.note} · <Time at={each.at} exact />
                </li>
              ))}
            </ul>
          )}
          {application.report && (
            <div>
              <h3>{t('business:applications.report')}</h3>
              <p style={{ whiteSpace: 'pre-wrap' }}>{application.report}</p>
            </div>
          )}
          <ProblemView error={review.error ?? verdict.error} />
          {may('operate') && application.state === 'in_review' && (
            <Form<{ yuan: number; note?: string }>
              layout="vertical"
              initialValues={{ yuan: Number(application.yuan) }}
              onFinish={({ yuan, note }) =>
                review.mutate({ params, body: { yuan: String(yuan), note: note ?? '' } })
              }
            >
              <Form.Item
                name="yuan"
                label={t('business:applications.award')}
                extra={t('business:applications.award_why')}
                rules={[{ required: true, message: t('business:need') }]}
              >
                <InputNumber min={0} max={1e9} precision={2} prefix="¥" style={{ width: 220 }} />
              </Form.Item>
              <Form.Item name="note" label={t('business:applications.note')}>
                <Input.TextArea rows={3} maxLength={10000} />
              </Form.Item>
              <Button type="primary" htmlType="submit" loading={review.isPending}>
                {t('business:applications.say')}
              </Button>
            </Form>
          )}
          {may('operate') && application.state === 'reported' && (
            <div className="row">
              <Button
                type="primary"
                loading={verdict.isPending}
                onClick={() => verdict.mutate({ params, body: { accepted: true } })}
              >
                {t('business:applications.accept')}
              </Button>
              <Button onClick={() => verdict.mutate({ params, body: { accepted: false } })}>
                {t('business:applications.send_back')}
              </Button>
            </div>
          )}
        </div>
      )}
    </Modal>
  )
}
