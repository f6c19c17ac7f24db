import { Button } from 'antd'
import { Link, useNavigate } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { Empty } from '../../parts/Empty'
import { Loading } from '../../parts/Loading'
import { Page } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useSaid, useWords } from '../../words'
import './library.css'

/** What the centre can do: its methods, each with what it answers. */
export default function Catalogue() {
  const t = useWords('library')
  const may = useMay()
  const go = useNavigate()
  const { data, error, refetch } = $api.useQuery('get', '/v1/algorithms', {})
  const offered = data?.items.filter((each) => each.tasks.length > 0)
  const ask = (
    <Button type="primary" onClick={() => go('/new')}>
      {t('library:catalogue.try')}
    </Button>
  )
  return (
    <Page
      title={t('library:nav.catalogue')}
      lead={t('library:catalogue.lead')}
      actions={may('work') && ask}
    >
      <section className="stack">
        <h2>{t('library:catalogue.methods')}</h2>
        {error != null && <ProblemView error={error} again={() => refetch()} />}
        {!data && !error && <Loading />}
        {offered?.length === 0 && <Empty title={t('library:catalogue.none')} />}
        <div className="grid">
          {offered?.map((each) => (
            <Method key={each.name} algorithm={each} />
          ))}
        </div>
      </section>
    </Page>
  )
}

function Method({ algorithm }: { algorithm: Schemas['AlgorithmOut'] }) {
  const t = useWords('library')
  const said = useSaid()
  return (
    <article className="column-card">
      <h3>
        <Link to={`/catalogue/${algorithm.name}`}>
          {said(algorithm.title.zh, algorithm.title.en)}
        </Link>
      </h3>
      <p className="soft">{said(algorithm.summary.zh, algorithm.summary.en)}</p>
      <p className="small faint">
        {t('library:version', { version: algorithm.version })} · {algorithm.licence}
      </p>
    </article>
  )
}
