import { Link } from 'react-router'
import type { Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { Ask } from '../../parts/Ask'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { FollowYuan } from './FollowYuan'
import { useLineWords } from './lineWords'
import { Leader, ReceiptBlock } from './ReceiptBlock'

/** What it cost, line by line, and who paid; a click deeper, the way of the money. */
export function MoneyBlock({ receipt }: { receipt: Schemas['ReceiptOut'] }) {
  const t = useWords('library')
  const may = useMay()
  const said = useSaid()
  const format = useFormat()
  const words = useLineWords()
  const { money } = receipt
  if (!money || money.charge_yuan == null) {
    return (
      <ReceiptBlock name="money">
        <p className="soft">{t('library:receipt.no_money')}</p>
      </ReceiptBlock>
    )
  }
  const factor = Number(money.factor)
  return (
    <ReceiptBlock
      name="money"
      links={may('see_own') && <Link to="/usage">{t('library:receipt.to_usage')}</Link>}
      deeper={{
        label: t('library:receipt.follow'),
        content: () => <FollowYuan job={receipt.job_id} />,
      }}
    >
      <dl className="receipt-lines">
        {money.lines.map((line) => (
          <Leader
            key={`${line.item}${line.tariff_version}${line.period}`}
            label={
              <>
                {words.name(line)}{' '}
                <span className="faint small">
                  {words.quantity(line)} × {words.price(line)}
                </span>
              </>
            }
          >
            {line.charged ? format.yuan(line.amount_yuan) : t('library:receipt.within')}
          </Leader>
        ))}
        {factor !== 1 && (
          <Leader label={t('library:receipt.share_asked')}>× {format.percent(factor)}</Leader>
        )}
      </dl>
      <dl className="receipt-total">
        <Leader label={<Ask code="charge">{t('library:receipt.paid')}</Ask>}>
          {format.yuan(money.charge_yuan)}
        </Leader>
      </dl>
      <dl>
        {money.voucher && (
          <>
            <Leader label={<Ask code="voucher_part">{t('library:receipt.by_voucher')}</Ask>}>
              {format.yuan(money.voucher.yuan)}
            </Leader>
            <Leader label={<Ask code="own_money">{t('library:receipt.by_own')}</Ask>}>
              {format.yuan(money.own_yuan ?? 0)}
            </Leader>
          </>
        )}
        <Leader label={<Ask code="held">{t('library:receipt.held')}</Ask>}>
          {format.yuan(money.quote.high_yuan)}
        </Leader>
        {money.released_yuan && (
          <Leader label={<Ask code="released">{t('library:receipt.released')}</Ask>}>
            {format.yuan(money.released_yuan)}
          </Leader>
        )}
      </dl>
      <p className="small soft">{said(money.explanation_zh, money.explanation_en)}</p>
    </ReceiptBlock>
  )
}
