import { Button } from 'antd'
import { $api } from '../../api/client'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { Rerate } from './Rerate'

/** Whether everything is still as it was written, and whether every bill can be computed again. */
export default function Verify() {
  const t = useWords('proof')
  const said = useSaid()
  const format = useFormat()
  const { mutate, data, error, isPending } = $api.useMutation('post', '/v1/ledger/verify')
  return (
    <Page
      title={t('proof:verify.title')}
      lead={t('proof:verify.lead')}
      actions={
        <Button type="primary" loading={isPending} onClick={() => mutate({})}>
          {t('proof:verify.go')}
        </Button>
      }
    >
      <ProblemView error={error} />
      <div aria-live="polite">
        {data && (
          <Panel className="appear">
            <div className="stack">
              <h2 className={`state ${data.ok ? 'good' : 'bad'}`}>
                {t(data.ok ? 'proof:verify.ok' : 'proof:verify.broken')}
              </h2>
              {data.faults.length > 0 && (
                <ul className="moves">
                  {data.faults.map((each) => (
                    <li key={each.part}>
                      <b>{said(each.message_zh, each.message_en)}</b>
                    </li>
                  ))}
                </ul>
              )}
              <table className="plain-table" aria-label={t('proof:verify.chains')}>
                <thead>
                  <tr>
                    <th scope="col">{t('proof:verify.chain')}</th>
                    <th scope="col">{t('proof:verify.records')}</th>
                  </tr>
                </thead>
                <tbody>
                  {Object.entries(data.records).map(([part, count]) => (
                    <tr key={part}>
                      <th scope="row">{t(`proof:chain.${part}`, { defaultValue: part })}</th>
                      <td>{format.number(count)}</td>
                    </tr>
                  ))}
                  <tr>
                    <th scope="row">{t('proof:verify.checkpoints')}</th>
                    <td>{format.number(data.checkpoints)}</td>
                  </tr>
                </tbody>
              </table>
            </div>
          </Panel>
        )}
      </div>
      {!data && !isPending && (
        <Panel>
          <p className="soft">{t('proof:verify.how')}</p>
        </Panel>
      )}
      <Rerate />
    </Page>
  )
}
