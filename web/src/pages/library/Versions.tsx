import { useMemo } from 'react'
import { Link, useNavigate } from 'react-router'
import { $api } from '../../api/client'
import { Chart } from '../../parts/Chart'
import { gain, HowGood } from '../../parts/HowGood'
import { Panel } from '../../parts/Page'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { Paid } from './Paid'
import { type Solution, toldBy } from './solution'

/** Every answer to the same question of the same data, side by side; nothing while there is one. */
export function Versions({ solution }: { solution: Solution }) {
  const t = useWords('library')
  const { data } = $api.useQuery(
    'get',
    '/v1/solutions',
    {
      params: {
        query: { dataset: solution.dataset_name, target: solution.target, limit: 20 },
      },
    },
    { enabled: solution.dataset_name !== '' },
  )
  const all = data?.items.toSorted((one, other) => one.number - other.number) ?? []
  if (all.length < 2) return null
  return (
    <Panel
      title={t('library:versions.title')}
      extra={
        <Link
          to={`/results?${new URLSearchParams({ dataset: solution.dataset_name, target: solution.target })}`}
        >
          {t('library:versions.all')}
        </Link>
      }
    >
      <div className="versions">
        <Course all={all} here={solution.solution_id} />
        <div className="scrolls">
          <table className="receipt-table" aria-label={t('library:versions.title')}>
            <thead>
              <tr>
                <th scope="col">{t('library:versions.number')}</th>
                <th scope="col">{t('library:result.good')}</th>
                <th scope="col">{t('library:versions.effort')}</th>
                <th scope="col">{t('library:result.made')}</th>
                <th scope="col" className="right">
                  {t('library:result.charge')}
                </th>
              </tr>
            </thead>
            <tbody>
              {all.toReversed().map((each) => (
                <tr
                  key={each.solution_id}
                  aria-current={each.solution_id === solution.solution_id || undefined}
                >
                  <td>
                    <Link to={`/results/${each.solution_id}`}>
                      {t('library:version', { version: each.number })}
                    </Link>
                  </td>
                  <td>
                    <HowGood told={toldBy(each.quality)} />
                  </td>
                  <td>{each.effort ? t(`library:effort.${each.effort}`) : '–'}</td>
                  <td>
                    <Time at={each.created_at} />
                  </td>
                  <td className="right">
                    <Paid solution={each} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </Panel>
  )
}

/** By how much each version beats the naive answer. */
function Course({ all, here }: { all: Solution[]; here: string }) {
  const t = useWords('library')
  const format = useFormat()
  const go = useNavigate()
  const gains = useMemo(() => all.map((each) => gain(toldBy(each.quality))), [all])
  const option = useMemo(
    () => ({
      grid: { left: 0, right: 8, top: 24, bottom: 0, containLabel: true },
      xAxis: {
        type: 'category',
        data: all.map((each) => t('library:version', { version: each.number })),
      },
      yAxis: { type: 'value', show: false, min: 0 },
      tooltip: { show: false },
      series: [
        {
          type: 'bar',
          barMaxWidth: 34,
          data: all.map((each, at) => ({
            value: Math.max(0, gains[at] ?? 0),
            itemStyle: {
              opacity: each.solution_id === here ? 1 : 0.4,
              borderRadius: [6, 6, 0, 0],
            },
          })),
          label: {
            show: true,
            position: 'top',
            formatter: ({ value }: { value: number }) => format.percent(value, 0),
          },
        },
      ],
    }),
    [all, gains, here, t, format],
  )
  return (
    <figure className="beside">
      <figcaption className="small soft">{t('library:versions.picture')}</figcaption>
      <Chart
        option={option}
        height={150}
        label={all
          .map(
            (each, at) =>
              `${t('library:version', { version: each.number })} ${format.percent(gains[at] ?? 0, 0)}`,
          )
          .join(', ')}
        onClick={({ dataIndex }) => {
          const chosen = all[dataIndex]
          if (chosen) go(`/results/${chosen.solution_id}`)
        }}
      />
    </figure>
  )
}
