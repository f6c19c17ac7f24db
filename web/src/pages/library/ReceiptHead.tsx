import type { Schemas } from '../../api/client'
import { useSession } from '../../api/session'
import { useFormat } from '../../parts/useFormat'
import { Mark } from '../../shell/Mark'
import { useWords } from '../../words'

/** Whose receipt it is, of when, and its number. */
export function ReceiptHead({ receipt }: { receipt: Schemas['ReceiptOut'] }) {
  const t = useWords('library')
  const format = useFormat()
  const session = useSession()
  const ended = receipt.compute.attempts.at(-1)?.ended_at ?? receipt.compute.submitted_at
  const own = session?.tenant_id === receipt.tenant
  return (
    <header className="receipt-head">
      <div className="receipt-brand">
        <Mark size={34} />
        <div>
          <strong>{t('shell:name')}</strong>
          <span className="faint small">{t('library:receipt.of_centre')}</span>
        </div>
      </div>
      <dl className="receipt-facts">
        <div>
          <dt>{t('library:receipt.number')}</dt>
          <dd className="mono">{receipt.solution_id}</dd>
        </div>
        <div>
          <dt>{t('library:receipt.for')}</dt>
          <dd className={own ? '' : 'mono'}>{own ? session.tenant_name : receipt.tenant}</dd>
        </div>
        <div>
          <dt>{t('library:receipt.at')}</dt>
          <dd>
            <time dateTime={ended}>{format.moment(ended)}</time>
          </dd>
        </div>
      </dl>
    </header>
  )
}
