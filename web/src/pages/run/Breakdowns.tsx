import { Select } from 'antd'
import { useState } from 'react'
import { $api, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { Chart } from '../../parts/Chart'
import { Loading } from '../../parts/Loading'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Quality } from '../../parts/Quality'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { LongTable } from './LongTable'

interface Span {
  since: string
  until: string
}

const HOUR_MS = 3_600_000
const MOST_MS = 31 * 24 * HOUR_MS
type Row = Schemas['BreakdownRowOut']
const kindOf = (row: Row) => `${row.kind}${row.simulated ? ' *' : ''}`
const sum = (rows: Row[], value: (row: Row) => number | null) =>
  rows.reduce((all, row) => all + (value(row) ?? 0), 0)

/** The kind of which most was given out, by its share of what there was. */
function busiest(rows: Row[], kinds: string[]): string | undefined {
  const share = (kind: string) => {
    const its = rows.filter((row) => kindOf(row) === kind)
    return (
      sum(its, (row) => row.allocated) /
      Math.max(
        1e-9,
        sum(its, (row) => row.available),
      )
    )
  }
  return kinds.toSorted((one, other) => share(other) - share(one))[0]
}

/** How many there were on average in each hour, of which the first and last may be cut short. */
function course(rows: Row[], { since, until }: Span, value: (row: Row) => number | null) {
  const points = rows.map((row): [number, number | null] => {
    const begin = Math.max(Date.parse(row.group), Date.parse(since))
    const end = Math.min(Date.parse(row.group) + HOUR_MS, Date.parse(until))
    const amount = value(row)
    return [begin, amount === null ? null : (amount * HOUR_MS) / Math.max(1, end - begin)]
  })
  const last = points.at(-1)
  return last ? [...points, [Date.parse(until), last[1]]] : []
}

/** What was supplied, given out and sold in each hour, for one kind at a time. */
export function ByHour({ span }: { span: Span }) {
  const t = useWords('run')
  const format = useFormat()
  const [chosen, setChosen] = useState<string>()
  const short = Date.parse(span.until) - Date.parse(span.since) <= MOST_MS
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/v1/utilisation/breakdown',
    { params: { query: { by: 'hour', ...span } } },
    { enabled: short },
  )
  const kinds = [...new Set((data?.rows ?? []).map(kindOf))]
  const kind = chosen && kinds.includes(chosen) ? chosen : busiest(data?.rows ?? [], kinds)
  const rows = (data?.rows ?? []).filter((row) => kindOf(row) === kind)
  const line = (name: string, value: (row: Row) => number | null) => ({
    name: t(`run:breakdown.${name}`),
    type: 'line',
    step: 'end',
    showSymbol: false,
    ...(name === 'allocated' ? { areaStyle: { opacity: 0.15 } } : {}),
    data: course(rows, data ?? span, value),
  })
  return (
    <Panel
      title={t('run:breakdown.by_hour')}
      extra={
        <>
          {rows[0]?.simulated && <Quality word="simulated" />}
          {kinds.length > 1 && (
            <Select
              aria-label={t('run:rates.kind')}
              style={{ minWidth: 140 }}
              value={kind ?? null}
              onChange={(value: string | null) => setChosen(value ?? undefined)}
              options={kinds.map((value) => ({
                value,
                label: value.replace('cores', t('run:cores')),
              }))}
            />
          )}
        </>
      }
    >
      {!short ? (
        <p className="soft">{t('run:breakdown.too_long')}</p>
      ) : error ? (
        <ProblemView error={error} again={refetch} />
      ) : !data ? (
        <Loading />
      ) : rows.length === 0 ? (
        <p className="soft">{t('run:rates.none')}</p>
      ) : (
        <Chart
          height={280}
          label={t('run:breakdown.told', {
            kind: kind ?? '',
            allocated: format.number(sum(rows, (row) => row.allocated)),
            available: format.number(sum(rows, (row) => row.available)),
          })}
          option={{
            legend: {},
            xAxis: { type: 'time' },
            yAxis: { type: 'value', min: 0 },
            series: [
              line('available', (row) => row.available),
              line('allocated', (row) => row.allocated),
              line('billable', (row) => row.billable),
            ],
          }}
        />
      )}
    </Panel>
  )
}

/** Who used how much of each kind; only for who may see everybody's records. */
export function ByTenant({ span }: { span: Span }) {
  const t = useWords('run')
  const format = useFormat()
  const may = useMay()('see_records')
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/v1/utilisation/breakdown',
    { params: { query: { by: 'tenant', ...span } } },
    { enabled: may },
  )
  if (!may) return null
  const hours = (value: number) => format.number(value, 2)
  return (
    <Panel flush title={t('run:breakdown.by_tenant')}>
      {error ? (
        <ProblemView error={error} again={refetch} />
      ) : !data ? (
        <Loading />
      ) : (
        <LongTable
          label={t('run:breakdown.by_tenant')}
          rows={data.rows}
          keyOf={(row) => `${row.group} ${row.kind} ${row.simulated}`}
          mostHeight={460}
          columns={[
            {
              key: 'tenant',
              title: t('run:queue.tenant'),
              width: 'minmax(140px, 1.4fr)',
              cell: (row) => row.name,
            },
            {
              key: 'kind',
              title: t('run:rates.kind'),
              width: 'minmax(110px, 1fr)',
              cell: (row) => (row.kind === 'cores' ? t('run:cores') : row.kind),
            },
            {
              key: 'allocated',
              title: t('run:breakdown.allocated_h'),
              width: '150px',
              numeric: true,
              cell: (row) => hours(row.allocated),
            },
            {
              key: 'billable',
              title: t('run:breakdown.billable_h'),
              width: '150px',
              numeric: true,
              cell: (row) => hours(row.billable),
            },
            {
              key: 'quality',
              title: '',
              width: '80px',
              cell: (row) => row.simulated && <Quality word="simulated" />,
            },
          ]}
        />
      )}
    </Panel>
  )
}
