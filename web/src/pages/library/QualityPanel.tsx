import { Figure } from '../../parts/Figure'
import { gain, useHowGood } from '../../parts/HowGood'
import { Panel } from '../../parts/Page'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { type Solution, summaryOf, toldBy } from './solution'

/** How good a result is: a sentence, a figure beside the naive answer, what to beware of. */
export function QualityPanel({ solution }: { solution: Solution }) {
  const t = useWords('library')
  const said = useSaid()
  const format = useFormat()
  const howGood = useHowGood()
  const summary = summaryOf(solution)
  const told = toldBy(solution.quality)
  const better = gain(told)
  const warnings = summary.warnings ?? []
  return (
    <Panel title={t('library:result.how_good')}>
      <div className="how-good">
        <div className="stack">
          <p className="how-good-say">{howGood(told)}</p>
          <div className="grid figures few">
            {better != null && (
              <Figure
                label={t('library:good.better')}
                value={format.percent(Math.max(0, better), 0)}
                ask={told.metric ?? 'baseline'}
                quality="measured"
              />
            )}
            {summary.holdout_rows != null && (
              <Figure
                label={t('library:receipt.judged')}
                value={format.number(summary.holdout_rows)}
              />
            )}
            {summary.train_rows != null && (
              <Figure label={t('library:good.learned')} value={format.number(summary.train_rows)} />
            )}
          </div>
        </div>
        <Beside solution={solution} />
      </div>
      {warnings.length > 0 && (
        <div className="beware">
          <h3>{t('library:data.beware')}</h3>
          <ul className="plain-list">
            {warnings.map((each) => (
              <li key={each.code + each.zh}>{said(each.zh, each.en)}</li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  )
}

/** The answer beside the naive one: what both get right, or how far both are off. */
function Beside({ solution }: { solution: Solution }) {
  const t = useWords('library')
  const format = useFormat()
  const { metrics, baseline_metrics } = summaryOf(solution)
  const { score, baseline, metric } = toldBy(solution.quality)
  const right = metrics?.accuracy
  const guessed = baseline_metrics?.accuracy
  if (right != null && guessed != null) {
    return (
      <Bars
        caption={t('library:good.longer')}
        ours={right}
        naive={guessed}
        whole={1}
        told={(value) => format.percent(value, 0)}
      />
    )
  }
  if (metric !== 'rmse' || score == null || baseline == null) return null
  return (
    <Bars
      caption={t('library:good.shorter')}
      ours={score}
      naive={baseline}
      whole={Math.max(score, baseline)}
      told={(value) => format.significant(value)}
    />
  )
}

interface BarsProps {
  caption: string
  ours: number
  naive: number
  whole: number
  told: (value: number) => string
}

function Bars({ caption, ours, naive, whole, told }: BarsProps) {
  const t = useWords('library')
  const bar = (value: number) => (
    <span className="portion" aria-hidden="true">
      <span style={{ width: `${whole ? (100 * value) / whole : 0}%` }} />
    </span>
  )
  return (
    <figure className="beside">
      <figcaption className="small soft">{caption}</figcaption>
      <dl>
        <div>
          <dt>{t('library:good.this')}</dt>
          <dd>{told(ours)}</dd>
          {bar(ours)}
        </div>
        <div className="naive">
          <dt>{t('library:good.naive')}</dt>
          <dd>{told(naive)}</dd>
          {bar(naive)}
        </div>
      </dl>
    </figure>
  )
}
