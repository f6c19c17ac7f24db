import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useNavigate } from 'react-router'
import { $api, refresh, type Schemas } from '../../api/client'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useSaid, useWords } from '../../words'

type Application = Schemas['Application']

interface Entered {
  programme: string
  applicant: Omit<Application['applicant'], 'bad_record_on'>
  contract: {
    number: string
    supplier: string
    supplier_code: string
    signed_on: Dayjs
    service: [Dayjs, Dayjs]
    paid_on?: Dayjs
    supply: Application['contract']['supply']
    related?: boolean
    supplier_listed?: boolean
    ordered_on_platform?: boolean
    items: {
      kind: Application['contract']['items'][number]['kind']
      title: string
      amount: number
    }[]
  }
  other_subsidy?: boolean
  documents?: {
    kind: NonNullable<Application['documents']>[number]['kind']
    number: string
    issued_on: Dayjs
  }[]
}

const ITEMS = ['compute', 'model', 'storage', 'network', 'security', 'support', 'other'] as const
const KINDS = ['enterprise', 'institute', 'maker'] as const
const SUPPLIES = ['domestic', 'registered_model', 'other'] as const
const PAPERS = ['contract', 'payment', 'invoice', 'delivery', 'registration'] as const

const day = (at: Dayjs) => at.format('YYYY-MM-DD')

function applicationOf(entered: Entered): Application {
  const { service, items, signed_on, paid_on, ...contract } = entered.contract
  return {
    programme: entered.programme,
    applicant: entered.applicant,
    contract: {
      ...contract,
      signed_on: day(signed_on),
      starts_on: day(service[0]),
      ends_on: day(service[1]),
      ...(paid_on ? { paid_on: day(paid_on) } : {}),
      items: items.map(({ kind, title, amount }) => ({ kind, title, amount_yuan: String(amount) })),
    },
    other_subsidy: entered.other_subsidy ?? false,
    documents: (entered.documents ?? []).map((each) => ({
      ...each,
      issued_on: day(each.issued_on),
    })),
  } as Application
}

/** An application for a voucher; the answer says what it comes to before it is submitted. */
export default function NewVoucher() {
  const t = useWords('account')
  const said = useSaid()
  const go = useNavigate()
  const programmes = $api.useQuery('get', '/v1/voucher-programmes', {
    params: { query: { limit: 100 } },
  })
  const { mutate, error, isPending } = $api.useMutation('post', '/v1/vouchers', {
    onSuccess: (made) => {
      refresh('/v1/vouchers')
      go(`/vouchers/${made.voucher_id}`)
    },
  })
  const needed = [{ required: true, message: t('account:need') }]
  const choices = <Name extends string>(names: readonly Name[], group: string) =>
    names.map((value) => ({ value, label: t(`account:voucher.${group}.${value}`) }))
  return (
    <Page
      title={t('account:voucher.new')}
      lead={t('account:voucher.new_why')}
      trail={[{ label: t('account:vouchers.title'), to: '/vouchers' }]}
    >
      <Form<Entered>
        layout="vertical"
        requiredMark="optional"
        scrollToFirstError
        initialValues={{
          applicant: { kind: 'enterprise' },
          contract: { supply: 'other', items: [{ kind: 'compute' }] },
        }}
        onFinish={(entered) => mutate({ body: { application: applicationOf(entered) } })}
      >
        <div className="stack">
          <Panel title={t('account:voucher.part.programme')}>
            <Form.Item name="programme" label={t('account:vouchers.programme')} rules={needed}>
              <Select
                loading={programmes.isLoading}
                options={programmes.data?.items.map((each) => ({
                  value: each.programme_id,
                  label: said(each.name_zh, each.name_en),
                }))}
              />
            </Form.Item>
          </Panel>
          <Panel title={t('account:voucher.part.applicant')}>
            <div className="grid">
              <Form.Item
                name={['applicant', 'name']}
                label={t('account:voucher.name')}
                rules={needed}
              >
                <Input autoComplete="organization" />
              </Form.Item>
              <Form.Item
                name={['applicant', 'code']}
                label={t('account:voucher.code')}
                rules={needed}
              >
                <Input />
              </Form.Item>
              <Form.Item
                name={['applicant', 'region']}
                label={t('account:voucher.region')}
                rules={needed}
              >
                <Input />
              </Form.Item>
              <Form.Item
                name={['applicant', 'industry']}
                label={t('account:voucher.industry')}
                rules={needed}
              >
                <Input />
              </Form.Item>
              <Form.Item name={['applicant', 'kind']} label={t('account:voucher.applicant_kind')}>
                <Select options={choices(KINDS, 'kind')} />
              </Form.Item>
            </div>
          </Panel>
          <Panel title={t('account:voucher.part.contract')}>
            <div className="grid">
              <Form.Item
                name={['contract', 'number']}
                label={t('account:vouchers.contract')}
                rules={needed}
              >
                <Input />
              </Form.Item>
              <Form.Item
                name={['contract', 'supplier']}
                label={t('account:voucher.supplier')}
                rules={needed}
              >
                <Input />
              </Form.Item>
              <Form.Item
                name={['contract', 'supplier_code']}
                label={t('account:voucher.supplier_code')}
                rules={needed}
              >
                <Input />
              </Form.Item>
              <Form.Item
                name={['contract', 'signed_on']}
                label={t('account:voucher.signed_on')}
                rules={needed}
              >
                <DatePicker style={{ width: '100%' }} />
              </Form.Item>
              <Form.Item
                name={['contract', 'service']}
                label={t('account:voucher.service')}
                rules={needed}
              >
                <DatePicker.RangePicker style={{ width: '100%' }} />
              </Form.Item>
              <Form.Item name={['contract', 'paid_on']} label={t('account:voucher.paid_on')}>
                <DatePicker style={{ width: '100%' }} />
              </Form.Item>
              <Form.Item name={['contract', 'supply']} label={t('account:voucher.supply_of')}>
                <Select options={choices(SUPPLIES, 'supply')} />
              </Form.Item>
            </div>
            <Form.List name={['contract', 'items']}>
              {(fields, { add, remove }) => (
                <div className="stack tight">
                  <h3>{t('account:voucher.items')}</h3>
                  {fields.map((field) => (
                    <div key={field.key} className="row" style={{ alignItems: 'flex-start' }}>
                      <Form.Item name={[field.name, 'kind']} rules={needed}>
                        <Select
                          aria-label={t('account:voucher.item_kind')}
                          style={{ width: 150 }}
                          options={choices(ITEMS, 'item')}
                        />
                      </Form.Item>
                      <Form.Item name={[field.name, 'title']} rules={needed} className="grow">
                        <Input
                          aria-label={t('account:voucher.item_title')}
                          placeholder={t('account:voucher.item_title')}
                        />
                      </Form.Item>
                      <Form.Item name={[field.name, 'amount']} rules={needed}>
                        <InputNumber
                          aria-label={t('account:voucher.amount')}
                          placeholder={t('account:voucher.amount')}
                          min={0}
                          max={1e9}
                          precision={2}
                          prefix="¥"
                          style={{ width: 170 }}
                        />
                      </Form.Item>
                      {fields.length > 1 && (
                        <Button
                          aria-label={t('parts:delete')}
                          icon={<DeleteOutlined />}
                          onClick={() => remove(field.name)}
                        />
                      )}
                    </div>
                  ))}
                  <Button icon={<PlusOutlined />} onClick={() => add({ kind: 'other' })}>
                    {t('account:voucher.add_item')}
                  </Button>
                </div>
              )}
            </Form.List>
            <div className="stack tight" style={{ marginTop: 16 }}>
              {(['related', 'supplier_listed', 'ordered_on_platform'] as const).map((name) => (
                <Form.Item key={name} name={['contract', name]} valuePropName="checked" noStyle>
                  <Checkbox>{t(`account:voucher.says.${name}`)}</Checkbox>
                </Form.Item>
              ))}
              <Form.Item name="other_subsidy" valuePropName="checked" noStyle>
                <Checkbox>{t('account:voucher.says.other_subsidy')}</Checkbox>
              </Form.Item>
            </div>
          </Panel>
          <Panel title={t('account:voucher.part.papers')}>
            <Form.List name="documents">
              {(fields, { add, remove }) => (
                <div className="stack tight">
                  <p className="soft">{t('account:voucher.papers_why')}</p>
                  {fields.map((field) => (
                    <div key={field.key} className="row" style={{ alignItems: 'flex-start' }}>
                      <Form.Item name={[field.name, 'kind']} rules={needed}>
                        <Select
                          aria-label={t('account:voucher.paper_kind')}
                          style={{ width: 150 }}
                          options={choices(PAPERS, 'paper')}
                        />
                      </Form.Item>
                      <Form.Item name={[field.name, 'number']} rules={needed} className="grow">
                        <Input
                          aria-label={t('account:voucher.paper_number')}
                          placeholder={t('account:voucher.paper_number')}
                        />
                      </Form.Item>
                      <Form.Item name={[field.name, 'issued_on']} rules={needed}>
                        <DatePicker aria-label={t('account:voucher.issued_on')} />
                      </Form.Item>
                      <Button
                        aria-label={t('parts:delete')}
                        icon={<DeleteOutlined />}
                        onClick={() => remove(field.name)}
                      />
                    </div>
                  ))}
                  <Button icon={<PlusOutlined />} onClick={() => add({ kind: 'contract' })}>
                    {t('account:voucher.add_paper')}
                  </Button>
                </div>
              )}
            </Form.List>
          </Panel>
          <ProblemView error={error} />
          <div>
            <Button type="primary" htmlType="submit" size="large" loading={isPending}>
              {t('account:voucher.assess')}
            </Button>
          </div>
        </div>
      </Form>
    </Page>
  )
}
