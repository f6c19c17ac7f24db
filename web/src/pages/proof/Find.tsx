import { Input } from 'antd'
import { Link, useNavigate } from 'react-router'
import { $api } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Page, Panel } from '../../parts/Page'
import { State } from '../../parts/State'
import { Time } from '../../parts/Time'
import { useWords } from '../../words'

/** Follow one yuan: by the number on a receipt or a bill, or from the latest work. */
export default function Find() {
  const t = useWords('proof')
  const go = useNavigate()
  const { data, error, refetch } = $api.useQuery('get', '/v1/jobs', {
    params: { query: { limit: 30, state: 'succeeded' } },
  })
  return (
    <Page title={t('proof:find.title')} lead={t('proof:find.lead')}>
      <Panel>
        <Input.Search
          size="large"
          aria-label={t('proof:find.by')}
          placeholder={t('proof:find.by')}
          enterButton={t('proof:find.go')}
          onSearch={(text) => text.trim() && go(`/follow/${encodeURIComponent(text.trim())}`)}
        />
      </Panel>
      <Panel title={t('proof:find.latest')} flush>
        <DataTable
          label={t('proof:find.latest')}
          rows={data?.items.toSorted((one, other) =>
            String(other.ended_at).localeCompare(String(one.ended_at)),
          )}
          error={error}
          again={() => refetch()}
          rowKey="job_id"
          empty={<Empty title={t('proof:find.none')} />}
          columns={[
            {
              title: t('proof:find.work'),
              render: (_, each) => (
                <Link to={`/follow/${each.job_id}`} className="mono">
                  {each.job_id}
                </Link>
              ),
            },
            { title: t('proof:find.algorithm'), dataIndex: 'algorithm' },
            { title: t('proof:find.state'), render: (_, each) => <State of={each.state} /> },
            {
              title: t('proof:find.ended'),
              render: (_, each) => <Time at={each.ended_at} exact />,
            },
          ]}
        />
      </Panel>
    </Page>
  )
}
