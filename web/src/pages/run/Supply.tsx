import { $api } from '../../api/client'
import { Loading } from '../../parts/Loading'
import { Panel } from '../../parts/Page'
import { Quality } from '../../parts/Quality'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { Share } from './Share'
import './run.css'

/** How much of each kind is free now; what is simulated stands apart and is never added. */
export function Supply() {
  const t = useWords('run')
  const format = useFormat()
  const { data, error } = $api.useQuery('get', '/v1/board', {}, { refetchInterval: 15_000 })
  if (error) return null
  return (
    <Panel title={t('run:pool.supply')}>
      {!data && <Loading rows={3} />}
      <div className="supply">
        {data?.free.map((each) => (
          <div key={`${each.kind} ${each.simulated}`} className="stack tight">
            <div className="row between">
              <b>{each.kind === 'cores' ? t('run:cores') : each.kind}</b>
              <Quality word={each.simulated ? 'simulated' : undefined} />
            </div>
            <Share
              share={each.open ? 1 - each.free / each.open : 0}
              text={t('run:pool.free_of', {
                free: format.number(each.free, 1),
                all: format.number(each.installed, 1),
              })}
              simulated={each.simulated}
            />
            {each.open < each.installed && (
              <span className="small soft">
                {t('run:pool.closed', { count: each.installed - each.open })}
              </span>
            )}
          </div>
        ))}
      </div>
    </Panel>
  )
}
