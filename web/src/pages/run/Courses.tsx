import type { Schemas } from '../../api/client'
import { Ask } from '../../parts/Ask'
import { Chart } from '../../parts/Chart'
import { Empty } from '../../parts/Empty'
import { Figure } from '../../parts/Figure'
import { Panel } from '../../parts/Page'
import { Quality } from '../../parts/Quality'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { MEASURES, type Measure, verdict } from './whatIf'
import './run.css'

type Answer = Schemas['ReplayOut']
type Course = Answer['today']

/** The past as it was, as it would be today, and with the change: in words, in numbers, drawn. */
export function Courses({ answer }: { answer: Answer }) {
  const t = useWords('run')
  const { lived, today, changed, agreement } = answer
  if (lived.jobs === 0 && today.jobs === 0) {
    return (
      <Panel>
        <Empty title={t('run:replay.nothing')}>{t('run:replay.nothing_why')}</Empty>
      </Panel>
    )
  }
  return (
    <>
      {agreement && <Agreed agreement={agreement} />}
      {changed && <Verdict today={today} changed={changed} />}
      <Panel flush title={t('run:replay.numbers')}>
        <Numbers answer={answer} />
      </Panel>
      <Panel title={t('run:replay.drawn')} extra={<Quality word="simulated" />}>
        <Drawn answer={answer} />
      </Panel>
    </>
  )
}

function Agreed({ agreement }: { agreement: NonNullable<Answer['agreement']> }) {
  const t = useWords('run')
  const format = useFormat()
  const share = agreement.starts ? agreement.agreed / agreement.starts : 1
  return (
    <Panel title={t('run:replay.agreement')}>
      <div className="grid figures">
        <Figure
          label={t('run:replay.agreed')}
          value={format.percent(share)}
          note={t('run:replay.agreed_of', {
            agreed: format.number(agreement.agreed),
            starts: format.number(agreement.starts),
          })}
        />
        <Figure
          label={t('run:replay.turns')}
          value={format.number(agreement.turns)}
          note={t('run:replay.turns_why')}
        />
      </div>
    </Panel>
  )
}

/** Plainly: what the change makes better, what worse. */
function Verdict({ today, changed }: { today: Course; changed: Course }) {
  const t = useWords('run')
  const tell = useTell()
  const format = useFormat()
  const found = MEASURES.map((measure) => ({
    measure,
    how: verdict(measure, today[measure], changed[measure]),
  }))
  const sentence = (measure: Measure) => {
    const [from, to] = [today[measure], changed[measure]]
    const by = from
      ? ` (${from < to ? '+' : '−'}${format.percent(Math.abs(to - from) / from, 0)})`
      : ''
    return t('run:replay.from_to', {
      name: t(`run:measure.${measure}`),
      from: tell(measure, from),
      to: tell(measure, to) + by,
    })
  }
  const list = (how: 'better' | 'worse') => {
    const those = found.filter((each) => each.how === how)
    return (
      <section className={`verdict ${how}`}>
        <h3>{t(`run:replay.${how}`)}</h3>
        {those.length === 0 && <p className="soft">{t('run:replay.neither')}</p>}
        <ul className="plain-list">
          {those.map(({ measure }) => (
            <li key={measure}>{sentence(measure)}</li>
          ))}
        </ul>
      </section>
    )
  }
  const same = found.filter((each) => each.how === 'same')
  return (
    <Panel title={t('run:replay.verdict')} extra={<Quality word="simulated" />}>
      <div className="stack">
        <div className="grid halves">
          {list('better')}
          {list('worse')}
        </div>
        {same.length > 0 && (
          <p className="small soft">
            {t('run:replay.same', {
              names: same
                .map(({ measure }) => t(`run:measure.${measure}`))
                .join(t('run:replay.and')),
            })}
          </p>
        )}
      </div>
    </Panel>
  )
}

function useTell() {
  const format = useFormat()
  return (measure: Measure, value: number) => {
    if (measure.endsWith('_s')) return format.duration(value)
    if (measure === 'utilisation') return format.percent(value)
    return format.number(value, measure === 'jain_fairness' ? 3 : 2)
  }
}

function Numbers({ answer: { lived, today, changed } }: { answer: Answer }) {
  const t = useWords('run')
  const tell = useTell()
  const format = useFormat()
  const columns: [string, Course, 'measured' | 'simulated'][] = [
    ['lived', lived, 'measured'],
    ['today', today, 'simulated'],
    ...(changed
      ? ([['changed', changed, 'simulated']] as const).map(
          (each) => [...each] as [string, Course, 'simulated'],
        )
      : []),
  ]
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled sideways by keyboard, too
    <section className="rates courses" aria-label={t('run:replay.numbers')} tabIndex={0}>
      <table aria-label={t('run:replay.numbers')}>
        <thead>
          <tr>
            <th scope="col">{t('run:replay.measure')}</th>
            {columns.map(([name, , quality]) => (
              <th key={name} scope="col">
                {t(`run:replay.${name}`)} <Quality word={quality} />
              </th>
            ))}
            {changed && <th scope="col">{t('run:replay.difference')}</th>}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t('run:measure.jobs')}</th>
            {columns.map(([name, course]) => (
              <td key={name}>{format.number(course.jobs)}</td>
            ))}
            {changed && <td />}
          </tr>
          {MEASURES.map((measure) => (
            <tr key={measure}>
              <th scope="row">
                <Asked measure={measure} />
                <div className="small faint">{t(`run:measure.${measure}_why`)}</div>
              </th>
              {columns.map(([name, course]) => (
                <td key={name}>{tell(measure, course[measure])}</td>
              ))}
              {changed && (
                <td>
                  <Difference measure={measure} today={today[measure]} changed={changed[measure]} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const CODES: Partial<Record<Measure, string>> = {
  average_wait_s: 'wait',
  p99_wait_s: 'p99_wait',
  bounded_slowdown: 'bounded_slowdown',
  utilisation: 'replay_utilisation',
  jain_fairness: 'jain',
  makespan_s: 'makespan',
}

function Asked({ measure }: { measure: Measure }) {
  const t = useWords('run')
  const code = CODES[measure]
  const name = t(`run:measure.${measure}`)
  return code ? <Ask code={code}>{name}</Ask> : name
}

function Difference({
  measure,
  today,
  changed,
}: {
  measure: Measure
  today: number
  changed: number
}) {
  const t = useWords('run')
  const how = verdict(measure, today, changed)
  return <span className={`difference ${how}`}>{t(`run:replay.is_${how}`)}</span>
}

function Drawn({ answer: { lived, today, changed } }: { answer: Answer }) {
  const t = useWords('run')
  const format = useFormat()
  const courses: [string, Course][] = [
    ['lived', lived],
    ['today', today],
  ]
  if (changed) courses.push(['changed', changed])
  const names = courses.map(([name]) => t(`run:replay.${name}`))
  const bars = (
    measure: Measure,
    title: string,
    value: (course: Course) => number,
    unit: string,
  ) => (
    <div key={measure}>
      <h3>{title}</h3>
      <Chart
        height={150}
        label={`${title}: ${courses
          .map(([, course], index) => `${names[index]} ${format.number(value(course))} ${unit}`)
          .join(', ')}`}
        option={{
          grid: { left: 8, right: 60, top: 8, bottom: 4, containLabel: true },
          tooltip: { show: false },
          xAxis: { type: 'value', axisLabel: { show: false }, splitLine: { show: false } },
          yAxis: { type: 'category', data: names, inverse: true },
          series: [
            {
              type: 'bar',
              barMaxWidth: 18,
              data: courses.map(([, course]) => value(course)),
              colorBy: 'data',
              label: {
                show: true,
                position: 'right',
                formatter: ({ value: told }: { value: number }) =>
                  `${format.number(told, 2)} ${unit}`,
              },
            },
          ],
        }}
      />
    </div>
  )
  const minutes = t('run:minutes')
  return (
    <div className="grid halves">
      {bars(
        'average_wait_s',
        t('run:measure.average_wait_s'),
        (c) => c.average_wait_s / 60,
        minutes,
      )}
      {bars('p99_wait_s', t('run:measure.p99_wait_s'), (c) => c.p99_wait_s / 60, minutes)}
      {bars('utilisation', t('run:measure.utilisation'), (c) => c.utilisation * 100, '%')}
      {bars('bounded_slowdown', t('run:measure.bounded_slowdown'), (c) => c.bounded_slowdown, '×')}
    </div>
  )
}
