import { Collapse } from 'antd'
import type { Schemas } from '../../api/client'
import { useWords } from '../../words'

/** The fingerprints behind a receipt, folded: for whoever checks it, not for reading. */
export function Proofs({ receipt }: { receipt: Schemas['ReceiptOut'] }) {
  const t = useWords('library')
  const { result, algorithm, money } = receipt
  const rows: [string, string | undefined | null][] = [
    [t('library:proof.job'), receipt.job_id],
    [t('library:proof.data'), result?.dataset.sha256],
    [t('library:proof.algorithm'), algorithm.digest],
    [t('library:proof.quote'), money?.quote.quote_id],
    [t('library:proof.tariff'), money?.tariff],
    [t('library:proof.charge'), money?.charge_seq ? String(money.charge_seq) : null],
    [t('library:proof.usage'), money?.usage_seq?.join(', ')],
  ]
  return (
    <footer className="receipt-foot">
      <Collapse
        ghost
        size="small"
        className="no-print"
        items={[
          {
            key: 'check',
            label: t('library:proof.title'),
            children: (
              <>
                <p className="small soft">{t('library:proof.how')}</p>
                <dl className="evidence">
                  {rows
                    .filter(([, value]) => value)
                    .map(([name, value]) => (
                      <div key={name}>
                        <dt>{name}</dt>
                        <dd className="mono">{value}</dd>
                      </div>
                    ))}
                </dl>
              </>
            ),
          },
        ]}
      />
      <p className="small faint">{t('library:receipt.foot')}</p>
    </footer>
  )
}
