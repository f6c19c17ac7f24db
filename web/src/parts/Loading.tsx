import { Skeleton } from 'antd'
import { useWords } from '../words'

/** While something is asked for; quiet for the first moment, so that quick answers do not flicker. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const t = useWords()
  return (
    <div className="loading" role="status" aria-label={t('parts:loading')}>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  )
}
