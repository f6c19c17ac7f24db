import { Tabs } from 'antd'
import { $api } from '../../api/client'
import { Figure } from '../../parts/Figure'
import { LinkButton } from '../../parts/LinkButton'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFilters } from '../../parts/useFilters'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { Bills } from './Bills'
import { Budgets } from './Budgets'
import { Prices } from './Prices'
import { UsageChart } from './UsageChart'

const TABS = ['usage', 'bills', 'budgets', 'prices'] as const

/** What was used, what it cost, what may still be spent. */
export default function Usage() {
  const t = useWords('account')
  const [{ tab }, set] = useFilters('tab')
  const shown = TABS.find((each) => each === tab) ?? 'usage'
  const content = {
    usage: <UsageChart />,
    bills: <Bills />,
    budgets: <Budgets />,
    prices: <Prices />,
  }
  return (
    <Page
      title={t('account:usage.title')}
      lead={t('account:usage.lead')}
      actions={
        <LinkButton to="/grants" type="primary">
          {t('account:usage.more')}
        </LinkButton>
      }
    >
      <Standing />
      <Tabs
        activeKey={shown}
        onChange={(key) => set({ tab: key === 'usage' ? undefined : key })}
        destroyOnHidden
        items={TABS.map((key) => ({
          key,
          label: t(`account:usage.tab.${key}`),
          children: content[key],
        }))}
      />
    </Page>
  )
}

/** The account as it stands, with the step of the ladder it is on. */
function Standing() {
  const t = useWords('account')
  const said = useSaid()
  const format = useFormat()
  const { data, error, refetch } = $api.useQuery('get', '/v1/account')
  const month = $api.useQuery('get', '/v1/statement')
  if (error) return <ProblemView error={error} again={() => refetch()} />
  if (!data) return <Loading />
  return (
    <Panel>
      <div className="grid figures">
        <Figure
          label={t('account:standing.available')}
          ask="available"
          value={format.yuan(data.available_yuan)}
        />
        <Figure
          label={t('account:standing.held')}
          ask="held"
          value={format.yuan(data.held_yuan)}
          note={t('account:standing.held_why')}
        />
        <Figure
          label={t('account:standing.month')}
          ask="charge"
          value={month.data ? format.yuan(month.data.exact_yuan) : '…'}
        />
        {Number(data.credit_yuan) > 0 && (
          <Figure
            label={t('account:standing.credit')}
            ask="credit"
            value={format.yuan(data.credit_yuan)}
          />
        )}
      </div>
      {data.stage !== 'good' && (
        <div className="problem" role="status" style={{ marginTop: 16 }}>
          <div className="stack tight">
            <strong>{said(data.stage_zh, data.stage_en)}</strong>
            {data.data_kept_until && (
              <span>
                {t('account:standing.kept')} <Time at={data.data_kept_until} exact />
              </span>
            )}
          </div>
        </div>
      )}
    </Panel>
  )
}
