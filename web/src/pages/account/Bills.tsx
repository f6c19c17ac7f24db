import { Button } from 'antd'
import { Link } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { usePages } from '../../parts/usePages'
import { useLanguage, useWords } from '../../words'
import { useInvoiceSums } from './useInvoiceSums'

type Invoice = Schemas['InvoiceOut']

/** This month so far, and the months that are closed. */
export function Bills() {
  const t = useWords('account')
  const sums = useInvoiceSums()
  const found = usePages('/v1/invoices', {})
  return (
    <div className="stack">
      <OpenMonth />
      <Panel title={t('account:bills.closed')} flush>
        <DataTable<Invoice>
          label={t('account:bills.closed')}
          {...found}
          rowKey={(each) => String(each.number)}
          empty={<Empty title={t('account:bills.none')}>{t('account:bills.none_why')}</Empty>}
          columns={[
            {
              title: t('account:bills.month'),
              render: (_, each) => <Link to={`/bills/${each.number}`}>{each.month}</Link>,
            },
            { title: t('account:bills.number'), dataIndex: 'number' },
            ...sums,
          ]}
        />
      </Panel>
    </div>
  )
}

function OpenMonth() {
  const t = useWords('account')
  const format = useFormat()
  const { data, error, refetch } = $api.useQuery('get', '/v1/statement')
  if (error) return <ProblemView error={error} again={() => refetch()} />
  if (!data) return null
  return (
    <Panel
      title={t('account:bills.open', { month: data.month })}
      extra={<Forms address="/v1/statement" />}
    >
      <p className="soft">
        {t('account:bills.open_why', {
          count: data.items.length,
          yuan: format.yuan(data.exact_yuan),
        })}
      </p>
    </Panel>
  )
}

/** The same bill as a page to print, a PDF, a table. */
export function Forms({ address }: { address: string }) {
  const t = useWords('account')
  const language = useLanguage()
  const href = (form: string) => `${address}?form=${form}&language=${language}`
  return (
    <>
      <Button href={href('html')} target="_blank" rel="noreferrer">
        {t('account:bills.page')}
      </Button>
      <Button href={href('pdf')} download>
        PDF
      </Button>
      <Button href={href('csv')} download>
        CSV
      </Button>
    </>
  )
}

/** What a bill is made of, job by job. */
export function Items({ invoice }: { invoice: Invoice }) {
  const t = useWords('account')
  const format = useFormat()
  return (
    <DataTable
      label={t('account:bills.items')}
      rows={invoice.items}
      rowKey="job_id"
      virtual={invoice.items.length > 200}
      scroll={invoice.items.length > 200 ? { y: 560, x: 900 } : { x: 'max-content' }}
      empty={<Empty title={t('account:bills.no_items')} />}
      columns={[
        {
          title: t('account:bills.settled'),
          width: 170,
          render: (_, each) => <Time at={each.settled_at} exact />,
        },
        {
          title: t('account:bills.work'),
          width: 260,
          render: (_, each) => <Link to={`/follow/${each.job_id}`}>{each.job_id}</Link>,
        },
        {
          title: t('account:bills.outcome'),
          width: 120,
          render: (_, each) => t(`account:outcome.${each.outcome}`),
        },
        {
          title: t('account:bills.voucher'),
          width: 120,
          align: 'right',
          render: (_, each) => format.yuan(each.voucher_yuan),
        },
        {
          title: t('account:bills.waived'),
          width: 120,
          align: 'right',
          render: (_, each) => format.yuan(each.waived_yuan),
        },
        {
          title: t('account:bills.charged'),
          width: 120,
          align: 'right',
          render: (_, each) => format.yuan(each.charged_yuan),
        },
      ]}
    />
  )
}
