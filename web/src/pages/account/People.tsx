import { Tabs } from 'antd'
import { Page } from '../../parts/Page'
import { useFilters } from '../../parts/useFilters'
import { useWords } from '../../words'
import { Keys } from './Keys'
import { Members } from './Members'
import { Password } from './Password'
import { Projects } from './Projects'

const TABS = ['members', 'keys', 'projects', 'password'] as const

/** The people, keys and projects of a tenant. */
export default function People() {
  const t = useWords('account')
  const [{ tab }, set] = useFilters('tab')
  const shown = TABS.find((each) => each === tab) ?? 'members'
  const content = {
    members: <Members />,
    keys: <Keys />,
    projects: <Projects />,
    password: <Password />,
  }
  return (
    <Page title={t('account:people.title')} lead={t('account:people.lead')}>
      <Tabs
        activeKey={shown}
        onChange={(key) => set({ tab: key === 'members' ? undefined : key })}
        destroyOnHidden
        items={TABS.map((key) => ({
          key,
          label: t(`account:people.tab.${key}`),
          children: content[key],
        }))}
      />
    </Page>
  )
}
