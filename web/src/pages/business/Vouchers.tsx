import { Button, Form, Input, InputNumber, Progress, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { $api, refresh, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { FormModal } from '../../parts/FormModal'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFilters } from '../../parts/useFilters'
import { useFormat } from '../../parts/useFormat'
import { usePages } from '../../parts/usePages'
import { useSaid, useWords } from '../../words'
import { useTenants } from './useTenants'

type VoucherRow = Schemas['VoucherOut']

const STATES = [
  'draft',
  'applied',
  'returned',
  'issued',
  'bound',
  'consuming',
  'settled',
  'redemption_requested',
  'verified',
  'paid',
  'withdrawn',
  'refused',
  'expired',
  'revoked',
  'clawed_back',
] as const satisfies VoucherRow['state'][]

const SHIPPED = ['beijing', 'hangzhou', 'yangzhou'] as const

/** Voucher programmes with their budgets, and every voucher. */
export default function Vouchers() {
  const t = useWords('business')
  const said = useSaid()
  const format = useFormat()
  const may = useMay()
  const { names } = useTenants()
  const [filters, set] = useFilters('state')
  const state = STATES.find((each) => each === filters.state)
  const [adding, setAdding] = useState(false)
  const programmes = $api.useQuery('get', '/v1/voucher-programmes', {
    params: { query: { limit: 100 } },
  })
  const found = usePages('/v1/vouchers', { state })
  return (
    <Page
      title={t('business:vouchers.title')}
      lead={t('business:vouchers.lead')}
      wide
      actions={
        may('operate') && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('business:vouchers.add')}
          </Button>
        )
      }
    >
      <Panel title={t('business:vouchers.programmes')}>
        <ProblemView error={programmes.error} />
        {programmes.data?.items.length === 0 && (
          <Empty title={t('business:vouchers.no_programmes')}>
            {t('business:vouchers.no_programmes_why')}
          </Empty>
        )}
        <div className="grid">
          {programmes.data?.items.map(({ budget, ...each }) => (
            <div key={each.programme_id} className="stack tight">
              <b>{said(each.name_zh, each.name_en)}</b>
              <span className="soft small">
                {said(each.issuer_zh, each.issuer_en)} ·{' '}
                {t('business:vouchers.version', { version: each.version })}
              </span>
              {budget && (
                <>
                  <Progress
                    aria-label={said(each.name_zh, each.name_en)}
                    percent={share(budget.budget_yuan, budget.left_yuan)}
                    success={{ percent: part(budget.budget_yuan, budget.paid_yuan) }}
                  />
                  <span className="small">
                    {t('business:vouchers.budget', {
                      left: format.yuan(budget.left_yuan),
                      budget: format.yuan(budget.budget_yuan),
                      paid: format.yuan(budget.paid_yuan),
                    })}
                  </span>
                </>
              )}
            </div>
          ))}
        </div>
      </Panel>
      <Panel flush>
        <div className="filters">
          <Select
            aria-label={t('account:vouchers.state')}
            style={{ width: 190 }}
            value={state ?? ''}
            onChange={(value) => set({ state: value })}
            options={[
              { value: '', label: t('parts:all') },
              ...STATES.map((value) => ({ value, label: t(`account:voucher.state.${value}`) })),
            ]}
          />
        </div>
        <DataTable<VoucherRow>
          label={t('business:vouchers.title')}
          {...found}
          rowKey="voucher_id"
          empty={<Empty title={t('business:vouchers.none')} />}
          columns={[
            {
              title: t('account:vouchers.contract'),
              render: (_, each) => <Link to={`/vouchers/${each.voucher_id}`}>{each.contract}</Link>,
            },
            {
              title: t('business:prices.tenant'),
              render: (_, each) => names.get(each.tenant) ?? each.tenant,
            },
            {
              title: t('account:vouchers.state'),
              render: (_, each) => t(`account:voucher.state.${each.state}`),
            },
            {
              title: t('account:vouchers.granted'),
              align: 'right',
              render: (_, each) => format.yuan(each.granted_yuan),
            },
            {
              title: t('account:voucher.used'),
              align: 'right',
              render: (_, each) => format.yuan(each.used_yuan),
            },
            {
              title: t('business:vouchers.changed'),
              render: (_, each) => <Time at={each.changed_at} />,
            },
          ]}
        />
      </Panel>
      <NewProgramme open={adding} close={() => setAdding(false)} />
    </Page>
  )
}

const part = (whole: string, some: string) => Math.round((100 * Number(some)) / Number(whole)) || 0
const share = (budget: string, left: string) => 100 - part(budget, left)

function NewProgramme({ open, close }: { open: boolean; close: () => void }) {
  const t = useWords('business')
  const { mutate, error, isPending } = $api.useMutation('post', '/v1/voucher-programmes', {
    onSuccess: () => {
      refresh('/v1/voucher-programmes')
      close()
    },
  })
  return (
    <FormModal<{ shipped?: string; text?: string; budget?: number }>
      open={open}
      close={close}
      title={t('business:vouchers.add')}
      submit={t('business:vouchers.add')}
      busy={isPending}
      error={error}
      width={640}
      onFinish={({ shipped, text, budget }) =>
        mutate({
          body: {
            shipped: text ? null : (shipped ?? null),
            text: text || null,
            budget_yuan: budget == null ? null : String(budget),
          },
        })
      }
    >
      <Form.Item name="shipped" label={t('business:vouchers.shipped')}>
        <Select
          allowClear
          options={SHIPPED.map((value) => ({
            value,
            label: t(`business:vouchers.city.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item
        name="text"
        label={t('business:vouchers.text')}
        extra={t('business:vouchers.text_why')}
      >
        <Input.TextArea rows={8} className="mono" spellCheck={false} maxLength={100000} />
      </Form.Item>
      <Form.Item name="budget" label={t('business:vouchers.whole')}>
        <InputNumber min={0} max={1e9} precision={2} prefix="¥" style={{ width: '100%' }} />
      </Form.Item>
    </FormModal>
  )
}
