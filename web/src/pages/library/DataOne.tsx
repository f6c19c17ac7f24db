import { QuestionCircleOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { asProblem } from '../../api/problem'
import { useMay } from '../../api/session'
import { Figure } from '../../parts/Figure'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { Certificate } from './Certificate'
import { Columns } from './Columns'
import { DataVersions } from './DataVersions'
import { Forget } from './Forget'
import { Preview } from './Preview'
import { Uses } from './Uses'
import './library.css'

/** One version of a table: its first rows, its columns, what to beware of, what came of it. */
export default function DataOne() {
  const t = useWords('library')
  const may = useMay()
  const go = useNavigate()
  const { id = '' } = useParams()
  const [leaving, setLeaving] = useState(false)
  const { data, error, refetch } = $api.useQuery('get', '/v1/datasets/{dataset_id}', {
    params: { path: { dataset_id: id } },
  })
  if (error && asProblem(error).status === 404 && !leaving) return <Gone id={id} />
  return (
    <Page
      title={data?.name ?? t('library:data.one')}
      lead={data && <Lead dataset={data} />}
      trail={[{ label: t('library:nav.data'), to: '/data' }]}
      actions={
        data &&
        may('work') && (
          <>
            <Button onClick={() => setLeaving(true)}>{t('library:forget.do')}</Button>
            <Button
              type="primary"
              icon={<QuestionCircleOutlined />}
              onClick={() => go(`/new?dataset=${id}`)}
            >
              {t('library:data.ask')}
            </Button>
          </>
        )
      }
    >
      {error != null && !leaving && <ProblemView error={error} again={() => refetch()} />}
      {!data && !error && <Loading rows={10} />}
      {data && <Content dataset={data} />}
      {leaving && data && <Forget dataset={data} close={() => setLeaving(false)} />}
    </Page>
  )
}

function Lead({ dataset }: { dataset: Schemas['DatasetOut'] }) {
  const t = useWords('library')
  return (
    <>
      {t('library:version', { version: dataset.version })} · {t('library:data.brought_at')}{' '}
      <Time at={dataset.created_at} />
    </>
  )
}

function Content({ dataset }: { dataset: Schemas['DatasetOut'] }) {
  const t = useWords('library')
  const said = useSaid()
  const format = useFormat()
  const { profile } = dataset
  const warnings = dataset.warnings ?? []
  const cells = dataset.rows * dataset.columns
  const missing = profile?.columns.reduce((all, each) => all + each.missing, 0) ?? 0
  return (
    <>
      <Panel>
        <div className="grid figures few">
          <Figure label={t('library:data.rows')} value={format.number(dataset.rows)} />
          <Figure label={t('library:data.columns')} value={format.number(dataset.columns)} />
          <Figure label={t('library:data.size')} value={format.bytes(dataset.bytes)} />
          <Figure
            ask="missing"
            label={t('library:data.missing')}
            value={missing ? format.percent(missing / cells) : t('parts:none')}
          />
        </div>
        {warnings.length > 0 && (
          <div className="beware">
            <h2>{t('library:data.beware')}</h2>
            <ul className="plain-list">
              {warnings.map((each) => (
                <li key={`${each.code}${each.column}`}>{said(each.zh, each.en)}</li>
              ))}
            </ul>
          </div>
        )}
      </Panel>
      <Panel title={t('library:data.preview')} flush>
        <Preview id={dataset.dataset_id} name={dataset.name} />
      </Panel>
      <Uses id={dataset.dataset_id} />
      <DataVersions dataset={dataset} />
      {profile && <Columns profile={profile} />}
    </>
  )
}

/** Data that were forgotten: their certificate, or that there never were any. */
function Gone({ id }: { id: string }) {
  const t = useWords('library')
  const { data, error } = $api.useQuery('get', '/v1/datasets/{dataset_id}/certificate', {
    params: { path: { dataset_id: id } },
  })
  return (
    <Page
      title={data?.name ?? t('library:data.one')}
      trail={[{ label: t('library:nav.data'), to: '/data' }]}
    >
      {error != null && <ProblemView error={error} />}
      {!data && !error && <Loading />}
      {data && (
        <Panel title={t('library:certificate.title')}>
          <Certificate certificate={data} />
        </Panel>
      )}
      {error != null && <Link to="/data">{t('library:data.back')}</Link>}
    </Page>
  )
}
