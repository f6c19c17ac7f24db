import { Link } from 'react-router'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { paidFor, type Solution } from './solution'

/** What a result cost, on to its receipt. */
export function Paid({ solution }: { solution: Solution }) {
  const t = useWords('library')
  const format = useFormat()
  const paid = paidFor(solution)
  if (paid == null) return <span className="faint">–</span>
  return (
    <Link to={`/receipts/${solution.solution_id}`} title={t('library:receipt.title')}>
      {format.yuan(paid)}
    </Link>
  )
}
