import { useParams } from 'react-router'
import { $api } from '../../api/client'
import { Figure } from '../../parts/Figure'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { Forms, Items } from './Bills'

/** One closed month of one tenant. */
export default function Bill() {
  const t = useWords('account')
  const format = useFormat()
  const number = Number(useParams().number)
  const { data, error, refetch } = $api.useQuery('get', '/v1/invoices/{number}', {
    params: { path: { number } },
  })
  return (
    <Page
      title={data ? t('account:bill.title', { month: data.month }) : t('account:bill.loading')}
      lead={data ? `${data.tenant_name} · ${t('account:bills.number')} ${data.number}` : undefined}
      trail={[{ label: t('account:usage.title'), to: '/usage?tab=bills' }]}
      actions={<Forms address={`/v1/invoices/${number}`} />}
    >
      <ProblemView error={error} again={() => refetch()} />
      {!data && !error && <Loading />}
      {data && (
        <>
          <Panel>
            <div className="grid figures">
              <Figure
                label={t('account:bills.total')}
                value={format.yuan(data.total_yuan)}
                note={
                  Number(data.exact_yuan) === Number(data.total_yuan)
                    ? null
                    : t('account:bills.rounded', { exact: format.yuan(data.exact_yuan, true) })
                }
              />
              <Figure
                small
                label={t('account:bills.charged')}
                ask="charge"
                value={format.yuan(data.charged_yuan)}
              />
              <Figure
                small
                label={t('account:bills.voucher')}
                value={format.yuan(data.voucher_yuan)}
              />
              <Figure
                small
                label={t('account:bills.given_back')}
                value={format.yuan(data.given_back_yuan)}
              />
              <Figure
                small
                label={t('account:bill.tariff')}
                value={t('account:bill.version', { version: data.tariff_version })}
              />
              <Figure
                small
                label={t('account:bills.made')}
                value={<Time at={data.made_at} exact />}
              />
            </div>
          </Panel>
          <Panel title={t('account:bills.items')} flush>
            <Items invoice={data} />
          </Panel>
          {data.adjustments.length > 0 && (
            <Panel title={t('account:bills.given_back')}>
              <ul>
                {data.adjustments.map((each) => (
                  <li key={each.entry_seq}>
                    {format.yuan(each.yuan)} · {each.note} · <Time at={each.at} exact />
                  </li>
                ))}
              </ul>
            </Panel>
          )}
          <details>
            <summary className="soft">{t('account:bill.check')}</summary>
            <p className="mono">SHA-256 {data.digest}</p>
          </details>
        </>
      )}
    </Page>
  )
}
