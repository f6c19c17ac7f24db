import { useParams } from 'react-router'
import { useMay } from '../../api/session'
import { Page, Panel } from '../../parts/Page'
import { useWords } from '../../words'
import { FollowYuan } from '../library/FollowYuan'

/** The way of one work's money, from the meter's record to the bill. */
export default function Follow() {
  const t = useWords('proof')
  const may = useMay()
  const { job = '' } = useParams()
  return (
    <Page
      title={t('proof:follow.title')}
      lead={<span className="mono">{job}</span>}
      trail={[
        may('verify')
          ? { label: t('proof:find.title'), to: '/ops/follow' }
          : { label: t('proof:follow.bills'), to: '/usage?tab=bills' },
      ]}
    >
      <Panel>
        <FollowYuan job={job} />
      </Panel>
    </Page>
  )
}
