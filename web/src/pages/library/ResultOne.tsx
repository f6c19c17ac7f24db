import { DownloadOutlined, ExperimentOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link, useNavigate, useParams } from 'react-router'
import { $api } from '../../api/client'
import { download } from '../../parts/download'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useWords } from '../../words'
import { Inside } from './Inside'
import { Lineage } from './Lineage'
import { QualityPanel } from './QualityPanel'
import type { Solution } from './solution'
import { Versions } from './Versions'
import './library.css'

/** One result: what it is, how good, where it came from, and all that can be done with it. */
export default function ResultOne() {
  const t = useWords('library')
  const go = useNavigate()
  const { id = '' } = useParams()
  const { data, error, refetch } = $api.useQuery('get', '/v1/solutions/{solution_id}', {
    params: { path: { solution_id: id } },
  })
  return (
    <Page
      title={
        data ? t(`library:question.${data.kind}`, { target: data.target }) : t('library:result.one')
      }
      lead={data && <Lead solution={data} />}
      trail={[{ label: t('library:nav.results'), to: '/results' }]}
      actions={
        data && (
          <>
            <Button
              icon={<ExperimentOutlined />}
              onClick={() => go(`/tasks/${data.task_id}?tab=try`)}
            >
              {t('library:result.try')}
            </Button>
            <Button
              type="primary"
              icon={<DownloadOutlined />}
              onClick={() => download(`/v1/solutions/${data.solution_id}/archive`)}
            >
              {t('library:result.take')}
            </Button>
          </>
        )
      }
    >
      {error != null && <ProblemView error={error} again={() => refetch()} />}
      {!data && !error && <Loading rows={10} />}
      {data && (
        <>
          <QualityPanel solution={data} />
          <Versions solution={data} />
          <Panel
            title={t('library:lineage.title')}
            extra={<Link to={`/receipts/${data.solution_id}`}>{t('library:lineage.receipt')}</Link>}
          >
            <Lineage id={data.solution_id} />
          </Panel>
          <Inside id={data.solution_id} />
        </>
      )}
    </Page>
  )
}

function Lead({ solution }: { solution: Solution }) {
  const t = useWords('library')
  return (
    <>
      {solution.dataset_name} · {t('library:version', { version: solution.number })} ·{' '}
      {t('library:result.made_at')} <Time at={solution.created_at} />
    </>
  )
}
