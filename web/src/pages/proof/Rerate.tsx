import { Button, DatePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { $api, type Schemas } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Figure } from '../../parts/Figure'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'

type Found = Schemas['RerateOut']

/** A month computed again from its raw records, by a program that shares no code with the centre. */
export function Rerate() {
  const t = useWords('proof')
  const [month, setMonth] = useState<Dayjs>(dayjs().subtract(1, 'month'))
  const { mutate, data, error, isPending } = $api.useMutation('post', '/v1/ledger/rerate')
  return (
    <Panel title={t('proof:rerate.title')}>
      <div className="stack">
        <p className="soft">{t('proof:rerate.why')}</p>
        <div className="row">
          <DatePicker
            picker="month"
            aria-label={t('proof:rerate.month')}
            allowClear={false}
            value={month}
            onChange={(value) => value && setMonth(value)}
          />
          <Button
            type="primary"
            loading={isPending}
            onClick={() => mutate({ body: { month: month.format('YYYY-MM') } })}
          >
            {t('proof:rerate.go')}
          </Button>
          <Button href={`/v1/ledger/export?month=${month.format('YYYY-MM')}`} download>
            {t('proof:rerate.export')}
          </Button>
        </div>
        <ProblemView error={error} />
        <div aria-live="polite">{data && <Outcome found={data} />}</div>
      </div>
    </Panel>
  )
}

function Outcome({ found }: { found: Found }) {
  const t = useWords('proof')
  const format = useFormat()
  return (
    <div className="stack appear">
      <h3 className={`state ${found.equal ? 'good' : 'bad'}`}>
        {t(found.equal ? 'proof:rerate.equal' : 'proof:rerate.unequal')}
      </h3>
      <div className="grid figures">
        <Figure
          small
          label={t('proof:rerate.records')}
          value={format.number(found.usage_records)}
        />
        <Figure
          small
          label={t('proof:rerate.invoices')}
          value={`${found.invoices_equal} / ${found.invoices_equal + found.invoices_unequal}`}
        />
        <Figure small label={t('proof:rerate.seconds')} value={format.duration(found.seconds)} />
      </div>
      <DataTable
        label={t('proof:rerate.tenants')}
        rows={found.tenants}
        rowKey="tenant_id"
        empty={<Empty title={t('proof:rerate.none')} />}
        columns={[
          { title: t('proof:rerate.tenant'), dataIndex: 'tenant_name' },
          {
            title: t('proof:rerate.charged'),
            align: 'right',
            render: (_, each) => format.yuan(each.charged_yuan),
          },
          {
            title: t('proof:rerate.invoice'),
            align: 'right',
            render: (_, each) => (each.invoice_yuan == null ? '–' : format.yuan(each.invoice_yuan)),
          },
          {
            title: t('proof:rerate.again'),
            align: 'right',
            render: (_, each) => (each.again_yuan == null ? '–' : format.yuan(each.again_yuan)),
          },
          {
            title: t('proof:rerate.is'),
            render: (_, each) => (
              <span className={`state ${each.equal ? 'good' : 'bad'}`}>
                {t(each.equal ? 'proof:rerate.same' : 'proof:rerate.other')}
              </span>
            ),
          },
        ]}
      />
      {found.differences.length > 0 && (
        <div>
          <h3>{t('proof:rerate.differences')}</h3>
          <ul className="moves">
            {found.differences.map((each) => (
              <li key={`${each.job_id}${each.what}`}>
                <span className="mono">{each.job_id ?? each.tenant_id}</span> {each.what}:{' '}
                {each.centre} ≠ {each.again}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
