import { MoreOutlined, UploadOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { refresh, type Schemas } from '../../api/client'
import { useCalm, useLive } from '../../api/live'
import { useMay } from '../../api/session'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Page, Panel } from '../../parts/Page'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { usePages } from '../../parts/usePages'
import { useWords } from '../../words'
import { Forget } from './Forget'
import './library.css'

type Dataset = Schemas['DatasetOut']

/** The tables that were brought: each version with its size, to ask of, to look at, to forget. */
export default function Data() {
  const t = useWords('library')
  const format = useFormat()
  const may = useMay()
  const go = useNavigate()
  const [leaving, setLeaving] = useState<Dataset>()
  const found = usePages('/v1/datasets', {})
  useLive(
    ['dataset.ready'],
    useCalm(() => refresh('/v1/datasets')),
  )
  const bring = (
    <Button type="primary" icon={<UploadOutlined />} onClick={() => go('/new')}>
      {t('library:data.bring')}
    </Button>
  )
  return (
    <Page
      title={t('library:nav.data')}
      lead={t('library:data.lead')}
      actions={may('work') && bring}
    >
      <Panel flush>
        <DataTable<Dataset>
          label={t('library:nav.data')}
          {...found}
          rowKey="dataset_id"
          empty={
            <Empty title={t('library:data.empty')} action={may('work') && bring}>
              {t('library:data.empty_why')}
            </Empty>
          }
          columns={[
            {
              title: t('library:data.name'),
              render: (_, each) => (
                <div className="named">
                  <Link to={`/data/${each.dataset_id}`}>{each.name}</Link>
                  <span className="faint small">
                    {t('library:version', { version: each.version })}
                  </span>
                </div>
              ),
            },
            {
              title: t('library:data.rows'),
              responsive: ['sm'],
              align: 'right',
              render: (_, each) => format.number(each.rows),
            },
            {
              title: t('library:data.columns'),
              responsive: ['sm'],
              align: 'right',
              render: (_, each) => format.number(each.columns),
            },
            {
              title: t('library:data.size'),
              responsive: ['sm'],
              align: 'right',
              render: (_, each) => format.bytes(each.bytes),
            },
            {
              title: t('library:data.brought'),
              render: (_, each) => <Time at={each.created_at} />,
            },
            {
              title: t('library:data.asked'),
              responsive: ['md'],
              align: 'right',
              render: (_, each) =>
                each.solutions ? (
                  <Link to={`/results?${new URLSearchParams({ dataset: each.name })}`}>
                    {t('library:data.asked_so', { count: each.tasks, results: each.solutions })}
                  </Link>
                ) : (
                  <span className="faint">
                    {each.tasks ? t('library:data.asked_only', { count: each.tasks }) : '–'}
                  </span>
                ),
            },
            {
              title: <span className="hidden-text">{t('library:data.actions')}</span>,
              align: 'right',
              render: (_, each) =>
                may('work') && (
                  <div className="row-actions">
                    <Link to={`/new?dataset=${each.dataset_id}`}>{t('library:data.ask')}</Link>
                    <Dropdown
                      trigger={['click']}
                      menu={{
                        items: [
                          { key: 'see', label: t('library:data.see') },
                          { key: 'forget', danger: true, label: t('library:forget.do') },
                        ],
                        onClick: ({ key }) =>
                          key === 'see' ? go(`/data/${each.dataset_id}`) : setLeaving(each),
                      }}
                    >
                      <Button
                        type="text"
                        icon={<MoreOutlined />}
                        aria-label={t('library:data.more_of', { name: each.name })}
                      />
                    </Dropdown>
                  </div>
                ),
            },
          ]}
        />
      </Panel>
      {leaving && <Forget dataset={leaving} close={() => setLeaving(undefined)} />}
    </Page>
  )
}
