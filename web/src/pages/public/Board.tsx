import { useEffect } from 'react'
import { Link } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { useSession } from '../../api/session'
import { Ask } from '../../parts/Ask'
import { Figure } from '../../parts/Figure'
import { Loading } from '../../parts/Loading'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Quality } from '../../parts/Quality'
import { Sideways } from '../../parts/Sideways'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { Mark } from '../../shell/Mark'
import { LanguageSwitch, ModeSwitch } from '../../shell/TopBar'
import { useSaid, useWords } from '../../words'
import { useFront } from './Door'
import './public.css'

type BoardOut = Schemas['BoardOut']

const EVERY_MS = 15_000

/** What everybody may see: what is free, what it costs, how well the centre is used. */
export default function Board() {
  const t = useWords('public')
  const said = useSaid()
  const session = useSession()
  const front = useFront()
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/v1/board',
    {},
    { refetchInterval: EVERY_MS },
  )
  useEffect(() => {
    document.title = `${t('shell:board')} · ${t('shell:name')}`
  }, [t])
  return (
    <div className="page">
      {!session && (
        <div className="row between">
          <Link to="/login" className="brand">
            <Mark />
            <span>
              {front ? said(front.centre_name_zh, front.centre_name_en) : t('shell:name')}
            </span>
          </Link>
          <div className="row">
            <LanguageSwitch />
            <ModeSwitch />
            <Link to="/login">{t('public:login.title')}</Link>
          </div>
        </div>
      )}
      <header>
        <h1>{t('shell:board')}</h1>
        <p className="lead">{t('public:board.lead')}</p>
      </header>
      <ProblemView error={error} again={() => refetch()} />
      {!data && !error && <Loading rows={8} />}
      {data && (
        <>
          <Free board={data} />
          <Rates board={data} />
          {data.prices && <Prices prices={data.prices} />}
          <Green board={data} />
          <p className="faint small">
            {t('public:board.at')} <Time at={data.at} exact />
          </p>
        </>
      )}
    </div>
  )
}

/** The name of a kind for people: what it does, not which chip it is. */
function useKind() {
  const t = useWords('public')
  return (kind: string) => {
    const [family = kind, size] = kind.split('-')
    const name = t(`public:kind.${family}`, { defaultValue: kind })
    return size ? t('public:kind.sized', { name, size: size.replace(/g$/, ' GB') }) : name
  }
}

function Free({ board }: { board: BoardOut }) {
  const t = useWords('public')
  const format = useFormat()
  const kindOf = useKind()
  const real = board.free.filter((each) => !each.simulated)
  const simulated = board.free.filter((each) => each.simulated)
  return (
    <Panel title={t('public:board.free')}>
      <div className="grid figures">
        {real.map((each) => (
          <Figure
            key={each.kind}
            label={kindOf(each.kind)}
            value={format.number(each.free, 1)}
            note={t('public:board.of', { installed: format.number(each.installed, 1) })}
          />
        ))}
        <Figure
          label={t('public:board.running')}
          value={format.number(board.jobs.running)}
          note={
            board.jobs.running_simulated > 0 &&
            t('public:board.running_simulated', {
              count: board.jobs.running_simulated,
            })
          }
        />
        <Figure label={t('public:board.waiting')} value={format.number(board.jobs.waiting)} />
      </div>
      {simulated.length > 0 && (
        <div className="stack tight" style={{ marginTop: 20 }}>
          <p className="soft small">
            <Quality word="simulated" /> {t('public:board.simulated_why')}
          </p>
          <div className="grid figures">
            {simulated.map((each) => (
              <Figure
                key={each.kind}
                small
                label={kindOf(each.kind)}
                value={format.number(each.free, 1)}
                note={t('public:board.of', { installed: format.number(each.installed, 1) })}
              />
            ))}
          </div>
        </div>
      )}
    </Panel>
  )
}

function Rates({ board }: { board: BoardOut }) {
  const t = useWords('public')
  const said = useSaid()
  const format = useFormat()
  const kindOf = useKind()
  const real = board.rates.filter((each) => !each.simulated)
  if (!real.length) return null
  return (
    <Panel title={t('public:board.rates')}>
      <Sideways>
        <table className="plain-table" aria-label={t('public:board.rates')}>
          <thead>
            <tr>
              <th scope="col">{t('public:board.kind')}</th>
              {real[0]?.rates.map((rate) => (
                <th scope="col" key={rate.code}>
                  <Ask code={rate.code}>{said(rate.name_zh, rate.name_en)}</Ask>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {real.map((each) => (
              <tr key={each.kind}>
                <th scope="row">{kindOf(each.kind)}</th>
                {each.rates.map((rate) => (
                  <td key={rate.code} className="unbroken">
                    {rate.value == null ? (
                      <span className="faint">{t('public:board.unread')}</span>
                    ) : (
                      format.percent(rate.value)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
    </Panel>
  )
}

function Prices({ prices }: { prices: NonNullable<BoardOut['prices']> }) {
  const t = useWords('public')
  const said = useSaid()
  const format = useFormat()
  const kindOf = useKind()
  const classes = ['reserved', 'standard', 'preemptible'] as const
  return (
    <Panel title={t('public:board.prices')}>
      <Sideways>
        <table className="plain-table" aria-label={t('public:board.prices')}>
          <thead>
            <tr>
              <th scope="col">{t('public:board.item')}</th>
              <th scope="col">{t('public:board.unit')}</th>
              {classes.map((each) => (
                <th scope="col" key={each}>
                  {t(`public:class.${each}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {prices.items.map((each) => (
              <tr key={each.item}>
                <th scope="row">
                  {each.item.startsWith('device:')
                    ? kindOf(each.item.slice('device:'.length))
                    : said(each.name_zh, each.name_en)}
                </th>
                <td className="unbroken">
                  {t(`public:unit.${each.unit}`, { defaultValue: each.unit })}
                </td>
                {classes.map((name) => (
                  <td key={name} className="unbroken">
                    {each.charged ? format.yuan(each.yuan[name] ?? 0) : t('public:board.contained')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      <p className="soft small" style={{ marginTop: 12 }}>
        {t('public:board.tariff', { name: prices.tariff, version: prices.version })}{' '}
        <Time at={prices.effective_from} exact />
      </p>
    </Panel>
  )
}

function Green({ board }: { board: BoardOut }) {
  const t = useWords('public')
  const said = useSaid()
  const format = useFormat()
  return (
    <Panel title={t('public:board.green')}>
      <div className="grid figures">
        <Figure
          label={t('public:board.factor')}
          ask="carbon_factor"
          quality={board.grid.quality}
          value={t('public:board.g_per_kwh', { g: format.number(board.grid.g_per_kwh, 0) })}
          note={said(board.grid.name_zh, board.grid.name_en)}
        />
        <Figure
          label="PUE"
          ask="pue"
          quality={board.pue.quality}
          value={
            board.pue.value == null ? t('public:board.unread') : format.number(board.pue.value)
          }
        />
      </div>
      <p className="faint small" style={{ marginTop: 10 }}>
        {t('public:board.source', { source: board.grid.source, year: board.grid.year })}
      </p>
    </Panel>
  )
}
