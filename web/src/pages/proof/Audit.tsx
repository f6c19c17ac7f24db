import { DatePicker, Input } from 'antd'
import dayjs from 'dayjs'
import type { Schemas } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Page, Panel } from '../../parts/Page'
import { Time } from '../../parts/Time'
import { useFilters } from '../../parts/useFilters'
import { usePages } from '../../parts/usePages'
import { useWords } from '../../words'

type Change = Schemas['ChangeOut']

/** Who changed what, with before and after. */
export default function Audit() {
  const t = useWords('proof')
  const [{ actor, action, subject, since, until }, set] = useFilters(
    'actor',
    'action',
    'subject',
    'since',
    'until',
  )
  const query = { actor, action, subject, since, until }
  const found = usePages('/v1/audit', query)
  return (
    <Page title={t('proof:audit.title')} lead={t('proof:audit.lead')} wide>
      <Panel flush>
        <div className="filters">
          {(['action', 'actor', 'subject'] as const).map((name) => (
            <Input
              key={name}
              allowClear
              aria-label={t(`proof:audit.${name}`)}
              placeholder={t(`proof:audit.${name}`)}
              style={{ maxWidth: 200 }}
              defaultValue={query[name] ?? ''}
              onBlur={(event) => set({ [name]: event.target.value.trim() })}
              onPressEnter={(event) => set({ [name]: event.currentTarget.value.trim() })}
              onClear={() => set({ [name]: undefined })}
            />
          ))}
          <DatePicker.RangePicker
            aria-label={t('proof:audit.span')}
            value={since && until ? [dayjs(since), dayjs(until)] : null}
            onChange={(span) =>
              set({
                since: span?.[0]?.startOf('day').toISOString(),
                until: span?.[1]?.endOf('day').toISOString(),
              })
            }
          />
        </div>
        <DataTable<Change>
          label={t('proof:audit.title')}
          {...found}
          rowKey="seq"
          empty={<Empty title={t('proof:audit.none')} />}
          expandable={{
            expandedRowRender: (each) => (
              <div className="grid halves">
                <Facts title={t('proof:audit.before')} facts={each.before} />
                <Facts title={t('proof:audit.after')} facts={each.after} />
                <p className="mono faint">{each.hash}</p>
              </div>
            ),
            columnTitle: <span className="hidden-text">{t('proof:audit.more')}</span>,
          }}
          columns={[
            { title: t('proof:audit.seq'), dataIndex: 'seq' },
            { title: t('proof:audit.at'), render: (_, each) => <Time at={each.at} exact /> },
            {
              title: t('proof:audit.action'),
              render: (_, each) => (
                <>
                  <div>{t(`proof:did.${each.action.replace('.', '_')}`, { defaultValue: '' })}</div>
                  <code className="mono faint">{each.action}</code>
                </>
              ),
            },
            {
              title: t('proof:audit.subject'),
              render: (_, each) => <span className="mono">{each.subject}</span>,
            },
            {
              title: t('proof:audit.actor'),
              render: (_, each) => (
                <>
                  <div>
                    {each.actor_name || t(each.actor ? 'proof:audit.key' : 'proof:audit.centre')}
                    {each.tenant_name && <span className="soft"> · {each.tenant_name}</span>}
                  </div>
                  <span className="mono faint">{each.actor}</span>
                </>
              ),
            },
          ]}
        />
      </Panel>
    </Page>
  )
}

function Facts({ title, facts }: { title: string; facts: Change['before'] }) {
  const t = useWords('proof')
  return (
    <div>
      <h3>{title}</h3>
      <pre className="mono">{facts ? JSON.stringify(facts, null, 1) : t('parts:none')}</pre>
    </div>
  )
}
