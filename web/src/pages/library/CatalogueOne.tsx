import { Button } from 'antd'
import { useNavigate, useParams } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { Figure } from '../../parts/Figure'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import './library.css'

/** One method: what it answers, what comes out, under which licence. */
export default function CatalogueOne() {
  const t = useWords('library')
  const said = useSaid()
  const may = useMay()
  const go = useNavigate()
  const { name = '' } = useParams()
  const { data, error, refetch } = $api.useQuery('get', '/v1/algorithms/{name}', {
    params: { path: { name } },
  })
  const found = data
  return (
    <Page
      title={found ? said(found.title.zh, found.title.en) : t('library:receipt.block.algorithm')}
      {...(found ? { lead: said(found.summary.zh, found.summary.en) } : {})}
      trail={[{ label: t('library:nav.catalogue'), to: '/catalogue' }]}
      actions={
        found &&
        may('work') && (
          <Button type="primary" onClick={() => go('/new')}>
            {t('library:catalogue.try')}
          </Button>
        )
      }
    >
      {error != null && <ProblemView error={error} again={() => refetch()} />}
      {!data && !error && <Loading />}
      {found && <About algorithm={found} />}
    </Page>
  )
}

function About({ algorithm }: { algorithm: Schemas['AlgorithmCardOut'] }) {
  const t = useWords('library')
  const said = useSaid()
  const { answers, outputs } = algorithm
  return (
    <>
      <Panel title={t('library:catalogue.answers')}>
        <div className="stack">
          <ul className="plain-list">
            {algorithm.tasks.map((kind) => (
              <li key={kind}>{t(`library:catalogue.kind.${kind}`)}</li>
            ))}
          </ul>
          {answers && <p className="soft">{said(answers.zh, answers.en)}</p>}
          <div className="grid figures">
            <Figure small label={t('library:licence')} value={algorithm.licence} />
            <Figure
              small
              label={t('library:catalogue.edition')}
              value={t('library:version', { version: algorithm.version })}
            />
          </div>
        </div>
      </Panel>
      <Costs algorithm={algorithm} />
      {outputs.length > 0 && (
        <Panel title={t('library:catalogue.outputs')}>
          <ul className="plain-list">
            {outputs.map((each) => (
              <li key={each.path}>{said(each.zh, each.en)}</li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}

/** What it would cost now, and what its runs here came to. */
function Costs({ algorithm }: { algorithm: Schemas['AlgorithmCardOut'] }) {
  const t = useWords('library')
  const format = useFormat()
  const { record, typical } = algorithm
  return (
    <Panel title={t('library:catalogue.cost')}>
      <div className="stack">
        <p className="soft">
          {t('library:catalogue.typical', {
            rows: format.number(algorithm.typical_rows),
            columns: format.number(algorithm.typical_columns),
          })}
        </p>
        <div className="grid figures">
          {typical.map((each) => (
            <Figure
              small
              key={each.effort}
              label={t(`library:effort.${each.effort}`)}
              ask="quote"
              quality={each.quality}
              value={`${format.yuan(each.money_low_yuan)} – ${format.yuan(each.money_high_yuan)}`}
              note={`${format.duration(each.seconds_low)} – ${format.duration(each.seconds_high)}`}
            />
          ))}
        </div>
        {record.success_share == null ? (
          <p className="soft">{t('library:catalogue.too_few', { fewest: record.fewest })}</p>
        ) : (
          <div className="grid figures">
            <Figure
              small
              label={t('library:catalogue.success')}
              ask="success_share"
              value={format.percent(record.success_share)}
            />
            {record.usable_share != null && (
              <Figure
                small
                label={t('library:catalogue.usable')}
                ask="usable"
                value={format.percent(record.usable_share)}
              />
            )}
          </div>
        )}
      </div>
    </Panel>
  )
}
