import { Link } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { LinkButton } from '../../parts/LinkButton'
import { Page, Panel } from '../../parts/Page'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { usePages } from '../../parts/usePages'
import { useSaid, useWords } from '../../words'

type VoucherRow = Schemas['VoucherOut']

/** Vouchers: public money that pays a part of what computing costs. */
export default function Vouchers() {
  const t = useWords('account')
  const said = useSaid()
  const format = useFormat()
  const programmes = $api.useQuery('get', '/v1/voucher-programmes', {
    params: { query: { limit: 100 } },
  })
  const found = usePages('/v1/vouchers', {})
  const named = (id: string) => {
    const programme = programmes.data?.items.find((each) => each.programme_id === id)
    return programme ? said(programme.name_zh, programme.name_en) : id
  }
  const apply = (
    <LinkButton to="/vouchers/new" type="primary" disabled={!programmes.data?.items.length}>
      {t('account:vouchers.apply')}
    </LinkButton>
  )
  return (
    <Page title={t('account:vouchers.title')} lead={t('account:vouchers.lead')} actions={apply}>
      <Panel title={t('account:vouchers.mine')} flush>
        <DataTable<VoucherRow>
          label={t('account:vouchers.mine')}
          {...found}
          rowKey="voucher_id"
          empty={
            <Empty
              title={t('account:vouchers.none')}
              action={programmes.data?.items.length ? apply : undefined}
            >
              {programmes.data?.items.length
                ? t('account:vouchers.none_why')
                : t('account:vouchers.no_programmes')}
            </Empty>
          }
          columns={[
            {
              title: t('account:vouchers.contract'),
              render: (_, each) => <Link to={`/vouchers/${each.voucher_id}`}>{each.contract}</Link>,
            },
            {
              title: t('account:vouchers.programme'),
              render: (_, each) => named(each.programme_id),
            },
            {
              title: t('account:vouchers.state'),
              render: (_, each) => t(`account:voucher.state.${each.state}`),
            },
            {
              title: t('account:vouchers.granted'),
              align: 'right',
              render: (_, each) => format.yuan(each.granted_yuan),
            },
            {
              title: t('account:vouchers.left'),
              align: 'right',
              render: (_, each) => format.yuan(each.left_yuan),
            },
            {
              title: t('account:vouchers.expires'),
              render: (_, each) => <Time at={each.expires_at} exact />,
            },
          ]}
        />
      </Panel>
      {!!programmes.data?.items.length && (
        <Panel title={t('account:vouchers.programmes')}>
          <div className="stack">
            {programmes.data.items.map((each) => (
              <details key={each.programme_id}>
                <summary>
                  <b>{said(each.name_zh, each.name_en)}</b>{' '}
                  <span className="soft">{said(each.issuer_zh, each.issuer_en)}</span>
                </summary>
                <pre className="mono">{each.text}</pre>
              </details>
            ))}
          </div>
        </Panel>
      )}
    </Page>
  )
}
