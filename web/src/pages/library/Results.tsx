import { Button, Select } from 'antd'
import { Link, useNavigate } from 'react-router'
import { $api, refresh } from '../../api/client'
import { useCalm, useLive } from '../../api/live'
import { useMay } from '../../api/session'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { HowGood } from '../../parts/HowGood'
import { Page, Panel } from '../../parts/Page'
import { Time } from '../../parts/Time'
import { useFilters } from '../../parts/useFilters'
import { usePages } from '../../parts/usePages'
import { useWords } from '../../words'
import { Paid } from './Paid'
import { type Solution, toldBy } from './solution'
import './library.css'

/** What came of the questions: how good, when, for how much; each to be tried and taken away. */
export default function Results() {
  const t = useWords('library')
  const may = useMay()
  const go = useNavigate()
  const [filters, set] = useFilters('dataset', 'target', 'good')
  const { dataset, target, good } = filters
  const asked = { ...(dataset ? { dataset } : {}), ...(target ? { target } : {}) }
  const found = usePages('/v1/solutions', asked)
  useLive(
    ['solution.ready'],
    useCalm(() => refresh('/v1/solutions')),
  )
  const rows = found.rows?.filter((each) => !good || String(each.quality?.usable ?? true) === good)
  const ask = (
    <Button type="primary" onClick={() => go('/new')}>
      {t('library:result.new')}
    </Button>
  )
  const clear = () => set({ dataset: undefined, target: undefined, good: undefined })
  return (
    <Page
      title={t('library:nav.results')}
      lead={t('library:result.lead')}
      actions={may('work') && ask}
    >
      <Panel flush>
        <div className="filters">
          <WhichData value={dataset} choose={(name) => set({ dataset: name, target: undefined })} />
          <Select
            aria-label={t('library:result.good')}
            style={{ minWidth: 180 }}
            value={good ?? ''}
            onChange={(chosen) => set({ good: chosen })}
            options={[
              { value: '', label: t('library:result.any') },
              { value: 'true', label: t('library:result.only_good') },
              { value: 'false', label: t('library:result.only_not') },
            ]}
          />
          {target && (
            <Button onClick={() => set({ target: undefined })}>
              {t('library:result.only_target', { target })} ×
            </Button>
          )}
        </div>
        <DataTable<Solution>
          label={t('library:nav.results')}
          {...found}
          rows={rows}
          rowKey="solution_id"
          empty={
            dataset || target || good ? (
              <Empty
                title={t('library:result.none')}
                action={<Button onClick={clear}>{t('library:result.clear')}</Button>}
              />
            ) : (
              <Empty title={t('library:result.empty')} action={may('work') && ask}>
                {t('library:result.empty_why')}
              </Empty>
            )
          }
          columns={[
            {
              title: t('library:result.question'),
              render: (_, each) => (
                <div className="named">
                  <Link to={`/results/${each.solution_id}`}>
                    {t(`library:question.${each.kind}`, { target: each.target })}
                  </Link>
                  <span className="faint small">
                    {each.dataset_name} · {t('library:version', { version: each.number })}
                  </span>
                </div>
              ),
            },
            {
              title: t('library:result.good'),
              render: (_, each) => <HowGood told={toldBy(each.quality)} />,
            },
            {
              title: t('library:result.made'),
              responsive: ['sm'],
              render: (_, each) => <Time at={each.created_at} />,
            },
            {
              title: t('library:result.charge'),
              responsive: ['sm'],
              align: 'right',
              render: (_, each) => <Paid solution={each} />,
            },
            {
              title: <span className="hidden-text">{t('library:data.actions')}</span>,
              responsive: ['md'],
              align: 'right',
              render: (_, each) => (
                <Link to={`/tasks/${each.task_id}?tab=try`}>{t('library:result.try')}</Link>
              ),
            },
          ]}
        />
      </Panel>
    </Page>
  )
}

interface WhichDataProps {
  value: string | undefined
  choose: (name: string | undefined) => void
}

function WhichData({ value, choose }: WhichDataProps) {
  const t = useWords('library')
  const { data } = $api.useQuery('get', '/v1/datasets', { params: { query: { limit: 200 } } })
  const names = [...new Set(data?.items.map((each) => each.name))]
  return (
    <Select
      aria-label={t('library:result.of_data')}
      style={{ minWidth: 200 }}
      showSearch
      value={value ?? ''}
      onChange={(name) => choose(name || undefined)}
      options={[
        { value: '', label: t('library:result.all_data') },
        ...names.map((name) => ({ value: name, label: name })),
      ]}
    />
  )
}
