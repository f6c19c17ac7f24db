import { $api } from '../../api/client'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Quality } from '../../parts/Quality'
import { Time } from '../../parts/Time'
import { useSaid, useWords } from '../../words'

/** What would start a waiting job clearly sooner; often nothing would. */
export function SoonerWays({ id }: { id: string }) {
  const t = useWords('run')
  return (
    <Panel title={t('run:job.sooner')} extra={<Quality word="modelled" />}>
      <SoonerList id={id} />
    </Panel>
  )
}

export function SoonerList({ id }: { id: string }) {
  const t = useWords('run')
  const said = useSaid()
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/v1/jobs/{job_id}/sooner',
    { params: { path: { job_id: id } } },
    { staleTime: 60_000 },
  )
  if (error) return <ProblemView error={error} again={refetch} />
  if (!data) return <p className="soft">{t('run:job.sooner_asking')}</p>
  if (data.items.length === 0) return <p className="soft">{t('run:job.sooner_none')}</p>
  return (
    <ul className="plain-list">
      {data.items.map((way) => (
        <li key={way.change} className="row between">
          <span className="grow">{said(way.how_zh, way.how_en)}</span>
          <span className="soft">
            <Time at={way.starts_at} />
          </span>
        </li>
      ))}
    </ul>
  )
}
