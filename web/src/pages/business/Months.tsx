import { App, Button, DatePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link } from 'react-router'
import { $api, refresh, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Figure } from '../../parts/Figure'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFilters } from '../../parts/useFilters'
import { useFormat } from '../../parts/useFormat'
import { usePages } from '../../parts/usePages'
import { useWords } from '../../words'
import { useInvoiceSums } from '../account/useInvoiceSums'

type Invoice = Schemas['InvoiceOut']

/** Months: what was billed, and closing the one that is over. */
export default function Months() {
  const t = useWords('business')
  const may = useMay()
  const [{ month }, set] = useFilters('month')
  const sums = useInvoiceSums()
  const found = usePages('/v1/invoices', { month })
  return (
    <Page
      title={t('business:months.title')}
      lead={t('business:months.lead')}
      actions={may('operate') && <Close />}
    >
      <Panel flush>
        <div className="filters">
          <DatePicker
            picker="month"
            aria-label={t('business:months.month')}
            placeholder={t('business:months.month')}
            value={month ? dayjs(`${month}-01`) : null}
            onChange={(value) => set({ month: value ? value.format('YYYY-MM') : undefined })}
          />
        </div>
        <DataTable<Invoice>
          label={t('business:months.title')}
          {...found}
          rowKey={(each) => String(each.number)}
          empty={<Empty title={t('business:months.none')}>{t('business:months.none_why')}</Empty>}
          columns={[
            {
              title: t('account:bills.number'),
              render: (_, each) => <Link to={`/bills/${each.number}`}>{each.number}</Link>,
            },
            { title: t('business:months.month'), dataIndex: 'month' },
            {
              title: t('business:prices.tenant'),
              render: (_, each) => (
                <Link to={`/ops/tenants/${each.tenant_id}`}>{each.tenant_name}</Link>
              ),
            },
            ...sums,
          ]}
        />
      </Panel>
      {may('operate') && <Availability />}
    </Page>
  )
}

function Close() {
  const t = useWords('business')
  const { message, modal } = App.useApp()
  const month = dayjs().subtract(1, 'month').format('YYYY-MM')
  const made = $api.useQuery('get', '/v1/invoices', { params: { query: { month, limit: 1 } } })
  const { mutate, isPending, error } = $api.useMutation('post', '/v1/invoices', {
    onSuccess: (made) => {
      refresh('/v1/invoices')
      message.success(t('business:months.closed', { month, number: made.invoices.length }))
    },
  })
  if (made.data?.items.length) {
    return <span className="state good">{t('business:months.is_closed', { month })}</span>
  }
  return (
    <>
      <ProblemView error={error} />
      <Button
        type="primary"
        loading={isPending}
        onClick={() =>
          modal.confirm({
            title: t('business:months.sure', { month }),
            content: t('business:months.sure_why'),
            okText: t('business:months.close', { month }),
            onOk: () => mutate({ body: { month } }),
          })
        }
      >
        {t('business:months.close', { month })}
      </Button>
    </>
  )
}

/** What a month's availability was, and what is owed for missing the promise. */
function Availability() {
  const t = useWords('business')
  const format = useFormat()
  const [month, setMonth] = useState<Dayjs>(dayjs().subtract(1, 'month'))
  const { mutate, isPending, error, data } = $api.useMutation('post', '/v1/credits')
  return (
    <Panel title={t('business:months.availability')}>
      <div className="stack">
        <p className="soft">{t('business:months.availability_why')}</p>
        <div className="row">
          <DatePicker
            picker="month"
            aria-label={t('business:months.month')}
            allowClear={false}
            value={month}
            onChange={(value) => value && setMonth(value)}
          />
          <Button
            loading={isPending}
            onClick={() => mutate({ body: { month: month.format('YYYY-MM') } })}
          >
            {t('business:months.credit')}
          </Button>
        </div>
        <ProblemView error={error} />
        {data && (
          <div className="grid figures appear">
            <Figure
              label={t('business:months.was')}
              ask="availability"
              value={format.percent(Number(data.availability), 3)}
            />
            <Figure
              label={t('business:months.promised')}
              value={format.percent(Number(data.target), 3)}
            />
            <Figure
              label={t('business:months.owed')}
              value={format.yuan(
                Object.values(data.credited_yuan).reduce((sum, each) => sum + Number(each), 0),
              )}
            />
          </div>
        )}
      </div>
    </Panel>
  )
}
