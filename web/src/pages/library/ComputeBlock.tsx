import type { Schemas } from '../../api/client'
import { Ask } from '../../parts/Ask'
import { Quality } from '../../parts/Quality'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { Leader, ReceiptBlock } from './ReceiptBlock'

/** When it ran and for how long; a click deeper, every attempt. */
export function ComputeBlock({ receipt }: { receipt: Schemas['ReceiptOut'] }) {
  const t = useWords('library')
  const format = useFormat()
  const { compute } = receipt
  const first = compute.attempts[0]
  const waited = first
    ? (new Date(first.started_at).getTime() - new Date(compute.submitted_at).getTime()) / 1000
    : 0
  const simulated = compute.attempts.some((each) => each.devices.some((one) => one.simulated))
  return (
    <ReceiptBlock
      name="compute"
      figure={format.duration(compute.wall_s)}
      deeper={{
        label: t('library:receipt.attempts', { count: compute.attempts.length }),
        content: () => <Attempts attempts={compute.attempts} />,
      }}
    >
      <dl>
        <Leader label={t('library:receipt.came')}>
          {format.moment(compute.submitted_at, true)}
        </Leader>
        <Leader label={t('library:receipt.waited')}>{format.duration(Math.max(0, waited))}</Leader>
        <Leader label={<Ask code="wall_seconds">{t('library:receipt.worked')}</Ask>}>
          {format.duration(compute.wall_s)} <Quality word="measured" />
        </Leader>
        {compute.device_seconds > 0 && (
          <Leader label={t('library:receipt.accelerated')}>
            {format.duration(compute.device_seconds)}{' '}
            <Quality word={simulated ? 'simulated' : 'measured'} />
          </Leader>
        )}
      </dl>
    </ReceiptBlock>
  )
}

function Attempts({ attempts }: { attempts: Schemas['ReceiptAttemptOut'][] }) {
  const t = useWords('library')
  const format = useFormat()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
    <section className="scrolls" aria-label={t('library:receipt.attempts_label')} tabIndex={0}>
      <table className="receipt-table" aria-label={t('library:receipt.attempts_label')}>
        <thead>
          <tr>
            <th scope="col">{t('library:attempt.number')}</th>
            <th scope="col">{t('library:attempt.from')}</th>
            <th scope="col">{t('library:attempt.to')}</th>
            <th scope="col">{t('library:attempt.span')}</th>
            <th scope="col">{t('library:attempt.unread')}</th>
            <th scope="col">{t('library:attempt.counts')}</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((each) => (
            <tr key={each.usage_seq}>
              <td>{each.attempt}</td>
              <td>{format.moment(each.started_at, true)}</td>
              <td>{format.moment(each.ended_at, true)}</td>
              <td>{format.duration(each.wall_s)}</td>
              <td>{each.gap_s > 0 ? format.duration(each.gap_s) : t('parts:none')}</td>
              <td>{t(each.billable ? 'library:attempt.charged' : 'library:attempt.free')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
