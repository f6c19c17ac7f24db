import { App, Button, DatePicker, Input } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { $api, refresh, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { Chart } from '../../parts/Chart'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Figure } from '../../parts/Figure'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { useTenants } from './useTenants'

type Tariff = Schemas['TariffOut']

/** The price list as versions: see what a change would have done, then publish it. */
export default function Prices() {
  const t = useWords('business')
  const may = useMay()
  const { data, error, refetch } = $api.useQuery('get', '/v1/tariffs')
  const [shown, setShown] = useState<number | null>(null)
  const [drafting, setDrafting] = useState(false)
  const versions = data?.items.toReversed()
  const current = versions?.find((each) => each.state === 'in_force') ?? versions?.[0]
  return (
    <Page
      title={t('business:prices.title')}
      lead={t('business:prices.lead')}
      actions={
        may('operate') && (
          <Button type="primary" onClick={() => setDrafting(true)} disabled={!current}>
            {t('business:prices.draft')}
          </Button>
        )
      }
    >
      {drafting && current && (
        <Draft from={current} newest={versions?.[0] ?? current} done={() => setDrafting(false)} />
      )}
      <Panel title={t('business:prices.versions')} flush>
        <DataTable<Tariff>
          label={t('business:prices.versions')}
          rows={versions}
          error={error}
          again={() => refetch()}
          rowKey="version"
          empty={<Empty title={t('business:prices.none')} />}
          columns={[
            { title: t('business:prices.version'), dataIndex: 'version' },
            { title: t('business:prices.name'), dataIndex: 'name' },
            {
              title: t('business:prices.state'),
              render: (_, each) => t(`account:prices.states.${each.state}`),
            },
            {
              title: t('business:prices.from'),
              render: (_, each) => <Time at={each.effective_from} exact />,
            },
            {
              title: t('business:prices.until'),
              render: (_, each) => <Time at={each.until} exact />,
            },
            {
              title: <span className="hidden-text">{t('business:prices.see')}</span>,
              render: (_, each) => (
                <Button
                  size="small"
                  aria-expanded={shown === each.version}
                  onClick={() => setShown(shown === each.version ? null : each.version)}
                >
                  {t('business:prices.see')}
                </Button>
              ),
            },
          ]}
        />
      </Panel>
      {shown !== null && <Text version={shown} />}
    </Page>
  )
}

function Text({ version }: { version: number }) {
  const t = useWords('business')
  const { data, error } = $api.useQuery('get', '/v1/tariffs/{version}', {
    params: { path: { version } },
  })
  return (
    <Panel title={t('business:prices.text', { version })}>
      <ProblemView error={error} />
      {data && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keyboard
        <pre className="mono" tabIndex={0}>
          {data.text}
        </pre>
      )}
      {data && <p className="mono faint">SHA-256 {data.digest}</p>}
    </Panel>
  )
}

/** A new version begins as the one in force, with the next number, tomorrow or after the newest. */
function Draft({ from, newest, done }: { from: Tariff; newest: Tariff; done: () => void }) {
  const { data, error } = $api.useQuery('get', '/v1/tariffs/{version}', {
    params: { path: { version: from.version } },
  })
  if (!data) return <ProblemView error={error} />
  const latest = Math.max(Date.now(), new Date(newest.effective_from).getTime())
  const begins = dayjs(latest).add(1, 'day').startOf('day').toISOString().replace('.000Z', 'Z')
  const text = data.text
    .replace(/^version = \d+/m, `version = ${newest.version + 1}`)
    .replace(/^effective_from = .*$/m, `effective_from = ${begins}`)
  return <Editor first={text} done={done} />
}

function Editor({ first, done }: { first: string; done: () => void }) {
  const t = useWords('business')
  const { message, modal } = App.useApp()
  const [text, setText] = useState(first)
  const [month, setMonth] = useState<Dayjs>(dayjs().subtract(1, 'month'))
  const preview = $api.useMutation('post', '/v1/tariffs/preview')
  const publish = $api.useMutation('post', '/v1/tariffs', {
    onSuccess: (made) => {
      refresh('/v1/tariffs')
      message.success(t('business:prices.published', { version: made.version }))
      done()
    },
  })
  return (
    <Panel title={t('business:prices.draft')}>
      <div className="stack">
        <p className="soft">{t('business:prices.draft_why')}</p>
        <Input.TextArea
          aria-label={t('business:prices.draft')}
          className="mono"
          autoSize={{ minRows: 12, maxRows: 26 }}
          value={text}
          onChange={(event) => setText(event.target.value)}
          spellCheck={false}
        />
        <div className="row">
          <DatePicker
            picker="month"
            aria-label={t('business:prices.month')}
            allowClear={false}
            value={month}
            onChange={(value) => value && setMonth(value)}
          />
          <Button
            loading={preview.isPending}
            onClick={() => preview.mutate({ body: { text, month: month.format('YYYY-MM') } })}
          >
            {t('business:prices.preview')}
          </Button>
          <span className="grow" />
          <Button onClick={done}>{t('parts:cancel')}</Button>
          <Button
            type="primary"
            loading={publish.isPending}
            onClick={() =>
              modal.confirm({
                title: t('business:prices.sure'),
                content: t('business:prices.sure_why'),
                okText: t('business:prices.publish'),
                onOk: () => publish.mutate({ body: { text } }),
              })
            }
          >
            {t('business:prices.publish')}
          </Button>
        </div>
        <ProblemView error={preview.error ?? publish.error} />
        {preview.data && <Difference found={preview.data} />}
      </div>
    </Panel>
  )
}

/** What the draft would have made of a month, by tenant and item. */
function Difference({ found }: { found: Schemas['TariffPreviewOut'] }) {
  const t = useWords('business')
  const format = useFormat()
  const { names } = useTenants()
  const before = Number(found.before_yuan)
  const after = Number(found.after_yuan)
  const tenants = [...new Set(found.items.map((each) => each.tenant))]
  const sum = (tenant: string, key: 'before_yuan' | 'after_yuan') =>
    found.items
      .filter((each) => each.tenant === tenant)
      .reduce((total, each) => total + Number(each[key]), 0)
  return (
    <div className="stack appear">
      <div className="grid figures">
        <Figure label={t('business:prices.before')} value={format.yuan(before)} />
        <Figure label={t('business:prices.after')} value={format.yuan(after)} />
        <Figure
          label={t('business:prices.change')}
          value={before ? format.percent((after - before) / before) : '–'}
        />
      </div>
      {tenants.length > 0 && (
        <Chart
          height={Math.max(160, 44 * tenants.length)}
          label={t('business:prices.chart', {
            before: format.yuan(before),
            after: format.yuan(after),
          })}
          option={{
            legend: {},
            grid: { left: 8, right: 24, top: 34, bottom: 8, containLabel: true },
            xAxis: { type: 'value' },
            yAxis: { type: 'category', data: tenants.map((each) => names.get(each) ?? each) },
            series: [
              {
                type: 'bar',
                name: t('business:prices.before'),
                data: tenants.map((each) => sum(each, 'before_yuan')),
              },
              {
                type: 'bar',
                name: t('business:prices.after'),
                data: tenants.map((each) => sum(each, 'after_yuan')),
              },
            ],
          }}
        />
      )}
      <DataTable
        label={t('business:prices.change')}
        rows={found.items}
        rowKey={(each) => each.tenant + each.item}
        empty={<Empty title={t('business:prices.nothing')} />}
        columns={[
          {
            title: t('business:prices.tenant'),
            render: (_, each) => names.get(each.tenant) ?? each.tenant,
          },
          { title: t('business:prices.item'), dataIndex: 'item' },
          {
            title: t('business:prices.before'),
            align: 'right',
            render: (_, each) => format.yuan(each.before_yuan),
          },
          {
            title: t('business:prices.after'),
            align: 'right',
            render: (_, each) => format.yuan(each.after_yuan),
          },
        ]}
      />
    </div>
  )
}
