import { Link } from 'react-router'
import type { Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { gain, useHowGood } from '../../parts/HowGood'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { Leader, ReceiptBlock } from './ReceiptBlock'

/** What was asked, of which data, and how good the answer is. */
export function ResultBlock({ receipt }: { receipt: Schemas['ReceiptOut'] }) {
  const t = useWords('library')
  const format = useFormat()
  const may = useMay()
  const howGood = useHowGood()
  const { result, solution_id } = receipt
  if (!result) {
    return (
      <ReceiptBlock name="result">
        <p className="soft">{t('library:receipt.data_gone')}</p>
      </ReceiptBlock>
    )
  }
  const told = {
    metric: result.metric,
    score: result.score,
    baseline: result.baseline_score,
    usable: result.usable,
    // A usable answer is the better of the two.
    lowerIsBetter: (result.score ?? 0) <= (result.baseline_score ?? 0),
  }
  const better = gain(told)
  return (
    <ReceiptBlock
      name="result"
      figure={
        result.usable && better != null
          ? t('parts:good.short', { share: format.percent(better, 0) })
          : undefined
      }
      links={
        may('see_own') && (
          <>
            <Link to={`/results/${solution_id}`}>{t('library:receipt.to_result')}</Link>
            <a
              href={`/v1/solutions/${solution_id}/files/report.html`}
              target="_blank"
              rel="noreferrer"
            >
              {t('library:receipt.to_report')}
            </a>
          </>
        )
      }
    >
      <p className="receipt-say">
        {t(`library:question.${result.question.kind}`, { target: result.question.target })}
      </p>
      <p className="soft">{howGood(told)}</p>
      <dl>
        <Leader label={t('library:receipt.data')}>
          {may('see_own') ? (
            <Link to={`/data/${result.dataset.dataset_id}`}>{result.dataset.name}</Link>
          ) : (
            result.dataset.name
          )}{' '}
          {t('library:version', { version: result.dataset.version })}
        </Leader>
        {result.holdout_rows != null && (
          <Leader label={t('library:receipt.judged')}>
            {t('library:rows', {
              count: result.holdout_rows,
              told: format.number(result.holdout_rows),
            })}
          </Leader>
        )}
      </dl>
    </ReceiptBlock>
  )
}
