import { Collapse } from 'antd'
import type { ReactNode } from 'react'
import { $api, type Schemas } from '../../api/client'
import { Loading } from '../../parts/Loading'
import { ProblemView } from '../../parts/ProblemView'
import { Quality } from '../../parts/Quality'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { useLineWords } from './lineWords'
import './library.css'
import './receipt.css'

const ACCOUNTS: [RegExp, string][] = [
  [/^tenant:.*:available$/, 'available'],
  [/^tenant:.*:held$/, 'held'],
  [/^voucher:/, 'voucher'],
  [/^centre:revenue$/, 'revenue'],
]

/** From the reading to the invoice: every step that the money of this work took. */
export function FollowYuan({ job }: { job: string }) {
  const t = useWords('library')
  const { data, error, refetch } = $api.useQuery('get', '/v1/jobs/{job_id}/money', {
    params: { path: { job_id: job } },
  })
  if (error) return <ProblemView error={error} again={() => refetch()} />
  if (!data) return <Loading />
  return (
    <>
      <ol className="way">
        <Used usage={data.usage} />
        <Priced lines={data.lines} />
        <Charged charge={data.charge} />
        <Moved entries={data.entries} balanced={data.paid_sum_micro_yuan === 0} />
        <Invoiced invoice={data.invoice} />
      </ol>
      <Collapse
        ghost
        size="small"
        items={[
          {
            key: 'check',
            label: t('library:follow.check'),
            children: <Evidence money={data} />,
          },
        ]}
      />
    </>
  )
}

function Step({
  name,
  figure,
  children,
}: {
  name: string
  figure?: ReactNode
  children: ReactNode
}) {
  const t = useWords('library')
  return (
    <li>
      <div className="row between">
        <strong>{t(`library:follow.${name}`)}</strong>
        <span className="number">{figure}</span>
      </div>
      {children}
    </li>
  )
}

function Used({ usage }: { usage: Schemas['MoneyUsageOut'][] }) {
  const t = useWords('library')
  const format = useFormat()
  const all = usage.reduce((sum, each) => sum + each.wall_s, 0)
  return (
    <Step
      name="used"
      figure={
        <>
          {format.duration(all)} <Quality word="measured" />
        </>
      }
    >
      <ul className="receipt-notes">
        {usage.map((each) => (
          <li key={each.seq}>
            {t('library:follow.used_each', {
              seq: each.seq,
              from: format.moment(each.started_at, true),
              span: format.duration(each.wall_s),
              energy: format.energy(each.energy_wh),
            })}
          </li>
        ))}
      </ul>
    </Step>
  )
}

function Priced({ lines }: { lines: Schemas['MoneyLineOut'][] }) {
  const t = useWords('library')
  const format = useFormat()
  const words = useLineWords()
  const sum = lines.filter((each) => each.charged).reduce((all, each) => all + each.amount, 0)
  return (
    <Step name="priced" figure={format.yuan(sum / 1_000_000)}>
      <ul className="receipt-notes">
        {lines.map((line) => (
          <li key={`${line.item}${line.tariff_version}${line.period}`}>
            {t(line.charged ? 'library:follow.priced_each' : 'library:follow.priced_within', {
              name: words.name(line),
              quantity: words.quantity(line),
              price: words.price(line),
              amount: format.yuan(line.amount_yuan),
              version: line.tariff_version,
              line: line.tariff_file_line,
            })}
          </li>
        ))}
      </ul>
    </Step>
  )
}

function Charged({ charge }: { charge: Schemas['MoneyChargeOut'] }) {
  const t = useWords('library')
  const format = useFormat()
  return (
    <Step name="charged" figure={format.yuan(charge.amount_yuan)}>
      <p className="small soft">
        {t('library:follow.charged_each', {
          metered: format.yuan(charge.metered_yuan),
          share: format.percent(Number(charge.factor)),
          held: format.yuan(charge.held_yuan),
        })}
      </p>
    </Step>
  )
}

function Moved({ entries, balanced }: { entries: Schemas['MoneyEntryOut'][]; balanced: boolean }) {
  const t = useWords('library')
  const format = useFormat()
  const account = (name: string) => {
    const found = ACCOUNTS.find(([pattern]) => pattern.test(name))
    return found ? t(`library:account.${found[1]}`) : name
  }
  return (
    <Step
      name="moved"
      figure={
        <span className={`state ${balanced ? 'good' : 'bad'}`}>
          {t(balanced ? 'library:follow.balanced' : 'library:follow.unbalanced')}
        </span>
      }
    >
      <table className="receipt-table" aria-label={t('library:follow.moved')}>
        <tbody>
          {entries.map((each) => (
            <tr key={each.seq}>
              <td className="faint">{each.seq}</td>
              <td>{t(`library:movement.${each.movement}`)}</td>
              <td>{account(each.account)}</td>
              <td className="right">{signed(each.yuan, format.yuan)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Step>
  )
}

function Invoiced({ invoice }: { invoice: Schemas['MoneyInvoiceOut'] }) {
  const t = useWords('library')
  const format = useFormat()
  return (
    <Step name="invoiced" figure={invoice.number ?? t('library:follow.open')}>
      <p className="small soft">
        {invoice.number
          ? t('library:follow.invoiced_each', {
              month: invoice.month,
              item: invoice.item,
              total: format.yuan(invoice.total_yuan ?? 0),
            })
          : t('library:follow.invoice_none', { month: invoice.month })}
      </p>
    </Step>
  )
}

/** The links of the chains, to look each of them up. */
function Evidence({ money }: { money: Schemas['MoneyOut'] }) {
  const t = useWords('library')
  const told = (name: string, place: number | string | null, hash: string): [string, string] => [
    t(`library:evidence.${name}`, { place }),
    hash,
  ]
  const rows: [string, string][] = [
    ...money.usage.map((each) => told('usage', each.seq, each.hash)),
    ...money.lines.map((each): [string, string] => [
      t('library:follow.tariff_line', {
        line: each.tariff_file_line,
        version: each.tariff_version,
      }),
      each.tariff_file_text,
    ]),
    told('charge', money.charge.seq, money.charge.hash),
    ...money.entries.map((each) => told('entry', each.seq, each.hash)),
    ...(money.invoice.digest ? [told('invoice', money.invoice.number, money.invoice.digest)] : []),
  ]
  return (
    <dl className="evidence">
      {rows.map(([name, value]) => (
        <div key={`${name}${value}`}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function signed(text: string, yuan: (text: string) => string) {
  return Number(text) > 0 ? `+${yuan(text)}` : yuan(text)
}
