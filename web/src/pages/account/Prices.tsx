import { Link } from 'react-router'
import { $api } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Panel } from '../../parts/Page'
import { Time } from '../../parts/Time'
import { useWords } from '../../words'

/** The versions of the price list; the board says the prices of today in words. */
export function Prices() {
  const t = useWords('account')
  const { data, error, refetch } = $api.useQuery('get', '/v1/tariffs')
  return (
    <Panel
      title={t('account:prices.title')}
      extra={<Link to="/board">{t('account:prices.board')}</Link>}
      flush
    >
      <DataTable
        label={t('account:prices.title')}
        rows={data?.items.toReversed()}
        error={error}
        again={() => refetch()}
        rowKey="version"
        empty={<Empty title={t('account:prices.none')} />}
        columns={[
          { title: t('account:prices.name'), dataIndex: 'name' },
          { title: t('account:prices.version'), dataIndex: 'version' },
          {
            title: t('account:prices.state'),
            render: (_, each) => t(`account:prices.states.${each.state}`),
          },
          {
            title: t('account:prices.from'),
            render: (_, each) => <Time at={each.effective_from} exact />,
          },
          {
            title: t('account:prices.until'),
            render: (_, each) => <Time at={each.until} exact />,
          },
        ]}
      />
    </Panel>
  )
}
