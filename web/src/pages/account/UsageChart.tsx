import { Select } from 'antd'
import dayjs from 'dayjs'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { Ask } from '../../parts/Ask'
import { Chart } from '../../parts/Chart'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Figure } from '../../parts/Figure'
import { Loading } from '../../parts/Loading'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Quality } from '../../parts/Quality'
import { useFilters } from '../../parts/useFilters'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'

type Usage = Schemas['UsageOut']
type Used = Usage['items'][number]

const SPANS = ['7', '30', '90', '365'] as const
const CUTS = ['task', 'project', 'algorithm'] as const

/** Money, energy and carbon: day by day, and by what it was for. */
export function UsageChart() {
  const t = useWords('account')
  const [{ days, by }, set] = useFilters('days', 'by')
  const span = SPANS.find((each) => each === days) ?? '30'
  const cut = CUTS.find((each) => each === by) ?? 'task'
  const since = useMemo(
    () =>
      dayjs()
        .startOf('day')
        .subtract(Number(span) - 1, 'day')
        .toISOString(),
    [span],
  )
  const daily = $api.useQuery('get', '/v1/usage', { params: { query: { since, by: 'day' } } })
  if (daily.error) return <ProblemView error={daily.error} again={() => daily.refetch()} />
  if (!daily.data) return <Loading rows={8} />
  return (
    <div className="stack">
      <div className="row">
        <Select
          aria-label={t('account:usage.span')}
          style={{ width: 150 }}
          value={span}
          onChange={(value) => set({ days: value })}
          options={SPANS.map((value) => ({ value, label: t('account:usage.days', { value }) }))}
        />
      </div>
      {daily.data.items.length === 0 ? (
        <Panel>
          <Empty title={t('account:usage.none')}>{t('account:usage.none_why')}</Empty>
        </Panel>
      ) : (
        <>
          <Sum total={daily.data.total} />
          <Days usage={daily.data} since={since} />
          <Cut since={since} cut={cut} choose={(value) => set({ by: value })} />
        </>
      )}
    </div>
  )
}

function Sum({ total }: { total: Used }) {
  const t = useWords('account')
  const format = useFormat()
  return (
    <Panel>
      <div className="grid figures">
        <Figure
          label={t('account:bills.charged')}
          ask="charge"
          value={format.yuan(total.charge_yuan)}
        />
        <Figure
          label={t('account:usage.energy')}
          ask="energy"
          quality={total.energy_quality}
          value={format.energy(total.energy_kwh * 1000)}
        />
        <Figure
          label={t('account:usage.carbon')}
          ask="carbon"
          quality={total.carbon_quality}
          value={format.carbon(total.carbon_g)}
        />
        <Figure label={t('account:usage.jobs')} value={format.number(total.jobs)} />
      </div>
    </Panel>
  )
}

function Days({ usage, since }: { usage: Usage; since: string }) {
  const t = useWords('account')
  const format = useFormat()
  const option = useMemo(() => {
    const found = new Map(usage.items.map((each) => [each.key, each]))
    const days: string[] = []
    for (let day = dayjs(since); !day.isAfter(dayjs()); day = day.add(1, 'day')) {
      days.push(day.format('YYYY-MM-DD'))
    }
    return {
      legend: { left: 48 },
      xAxis: { type: 'category', data: days.map((each) => each.slice(5)) },
      yAxis: [
        { type: 'value', name: '¥', nameTextStyle: { align: 'right' } },
        { type: 'value', name: 'Wh', splitLine: { show: false } },
      ],
      series: [
        {
          type: 'bar',
          name: t('account:bills.charged'),
          barMaxWidth: 18,
          itemStyle: { borderRadius: [4, 4, 0, 0] },
          data: days.map((each) => Number(found.get(each)?.charge_yuan ?? 0)),
        },
        {
          type: 'line',
          name: t('account:usage.energy'),
          yAxisIndex: 1,
          symbol: 'none',
          smooth: 0.2,
          data: days.map((each) => (found.get(each)?.energy_kwh ?? 0) * 1000),
        },
      ],
    }
  }, [usage, since, t])
  return (
    <Panel title={t('account:usage.daily')}>
      <Chart
        option={option}
        label={t('account:usage.chart', {
          days: usage.items.length,
          yuan: format.yuan(usage.total.charge_yuan),
        })}
      />
    </Panel>
  )
}

function Cut({
  since,
  cut,
  choose,
}: {
  since: string
  cut: (typeof CUTS)[number]
  choose: (cut: string) => void
}) {
  const t = useWords('account')
  const said = useSaid()
  const format = useFormat()
  const { data, error, refetch } = $api.useQuery('get', '/v1/usage', {
    params: { query: { since, by: cut } },
  })
  return (
    <Panel
      title={t('account:usage.what')}
      extra={
        <Select
          aria-label={t('account:usage.cut')}
          style={{ width: 140 }}
          value={cut}
          onChange={choose}
          options={CUTS.map((value) => ({ value, label: t(`account:usage.by.${value}`) }))}
        />
      }
      flush
    >
      <DataTable<Used>
        label={t('account:usage.what')}
        rows={data?.items.toSorted((a, b) => Number(b.charge_yuan) - Number(a.charge_yuan))}
        error={error}
        again={() => refetch()}
        rowKey="key"
        empty={<Empty title={t('account:usage.none')} />}
        columns={[
          {
            title: t(`account:usage.by.${cut}`),
            render: (_, each) => {
              const name = said(each.label_zh, each.label_en) || each.key
              if (!name) return t(`account:usage.other.${cut}`)
              if (cut !== 'task') return name
              return <Link to={`/tasks/${each.key}?tab=cost`}>{name}</Link>
            },
          },
          { title: t('account:usage.jobs'), align: 'right', dataIndex: 'jobs' },
          {
            title: <Ask code="energy">{t('account:usage.energy')}</Ask>,
            align: 'right',
            render: (_, each) => (
              <>
                {format.energy(each.energy_kwh * 1000)} <Quality word={each.energy_quality} />
              </>
            ),
          },
          {
            title: <Ask code="charge">{t('account:bills.charged')}</Ask>,
            align: 'right',
            render: (_, each) => format.yuan(each.charge_yuan),
          },
        ]}
      />
    </Panel>
  )
}
