import { Segmented } from 'antd'
import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { $api } from '../../api/client'
import { useMode } from '../../look/mode'
import { SERIES } from '../../look/theme'
import { Empty } from '../../parts/Empty'
import { Loading } from '../../parts/Loading'
import { ProblemView } from '../../parts/ProblemView'
import { useFilters } from '../../parts/useFilters'
import { useFormat } from '../../parts/useFormat'
import { useLanguage, useWords } from '../../words'
import { AXIS, drawGantt, LABELS, type Scene, xOf } from './ganttDraw'
import { type Bar, LANE, type Gantt as Lines, layOutGantt, lineAt } from './ganttLayout'
import { type Paints, paintsOf } from './poolDraw'
import { useRunning, type Waiting } from './useQueue'
import './run.css'

const HOUR = 3_600_000
const SPANS: Record<string, number> = {
  '2h': 2 * HOUR,
  '8h': 8 * HOUR,
  '24h': 24 * HOUR,
  '7d': 168 * HOUR,
}
const CLASSES = ['reserved', 'standard', 'preemptible']
/** How many that wait are drawn; those behind them have no telling start. */
const COMING = 300
const NOWHERE = '1000000000'

/** What runs where and till when, and who is expected to start when. */
export function Gantt() {
  const t = useWords('run')
  const [mode] = useMode()
  const [filters, set] = useFilters('by', 'hours')
  const by = filters.by === 'job' ? 'job' : 'node'
  const running = useRunning(2000)
  const waiting = $api.useQuery(
    'get',
    '/v1/queue',
    { params: { query: { limit: COMING, running_after: NOWHERE } } },
    { refetchInterval: 15_000 },
  )
  const now = running.data ? Date.parse(running.data.at) : 0
  const gantt = useMemo(
    () =>
      running.data && waiting.data
        ? layOutGantt(running.data.running, waiting.data.waiting as Waiting[], now, by)
        : undefined,
    [running.data, waiting.data, now, by],
  )
  const error = running.error ?? waiting.error
  if (error) return <ProblemView error={error} again={() => running.refetch()} />
  if (!gantt) return <Loading rows={8} />
  const span = SPANS[filters.hours ?? '8h'] ?? 8 * HOUR
  const colours = Object.fromEntries(
    CLASSES.map((name, index) => [name, SERIES[mode][index] ?? '']),
  )
  return (
    <>
      <div className="filters">
        <Segmented
          aria-label={t('run:gantt.by')}
          value={by}
          onChange={(value) => set({ by: value === 'node' ? undefined : value })}
          options={['node', 'job'].map((value) => ({ value, label: t(`run:gantt.by_${value}`) }))}
        />
        <Segmented
          aria-label={t('run:gantt.span')}
          value={filters.hours ?? '8h'}
          onChange={(hours) => set({ hours: hours === '8h' ? undefined : hours })}
          options={Object.keys(SPANS).map((value) => ({ value, label: t(`run:gantt.${value}`) }))}
        />
        <div className="legend">
          {CLASSES.map((name) => (
            <span key={name}>
              <i className="swatch" style={{ background: colours[name] }} />
              {t(`run:class.${name}`)}
            </span>
          ))}
          <span>{t('run:gantt.legend')}</span>
        </div>
      </div>
      {gantt.lines.length === 0 ? (
        <Empty title={t('run:queue.none_running')}>{t('run:gantt.empty_why')}</Empty>
      ) : (
        <Picture gantt={gantt} now={now} span={span} colours={colours} />
      )}
    </>
  )
}

interface PictureProps {
  gantt: Lines
  now: number
  span: number
  colours: Record<string, string>
}

function Picture({ gantt, now, span, colours }: PictureProps) {
  const t = useWords('run')
  const go = useNavigate()
  const [mode] = useMode()
  const language = useLanguage()
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const paints = useRef<Paints | null>(null)
  const asked = useRef(0)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [hover, setHover] = useState<{ bar: Bar; x: number; y: number }>()
  const told = useMemo(() => {
    const long = span > 48 * HOUR
    const form = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
      ...(long ? { month: '2-digit', day: '2-digit' } : { hour: '2-digit', minute: '2-digit' }),
      hour12: false,
    })
    return (at: number) => form.format(at)
  }, [language, span])
  const scene = (): Scene => ({
    gantt,
    now,
    from: now - span / 4,
    to: now + (span * 3) / 4,
    top: frame.current?.scrollTop ?? 0,
    ...size,
    colours,
    title: t('run:gantt.coming'),
    told,
  })

  useEffect(() => {
    if (!frame.current) return
    const sizes = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    sizes.observe(frame.current)
    return () => sizes.disconnect()
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other colours are read anew
  useEffect(() => {
    paints.current = null
  }, [mode])
  useEffect(() => {
    const place = canvas.current
    if (!place) return
    const ratio = window.devicePixelRatio || 1
    place.width = Math.round(size.width * ratio)
    place.height = Math.round(size.height * ratio)
  }, [size])

  const draw = () => {
    asked.current = 0
    const context = canvas.current?.getContext('2d')
    if (!context || !canvas.current) return
    paints.current ??= paintsOf(canvas.current)
    const ratio = window.devicePixelRatio || 1
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    drawGantt(context, scene(), paints.current)
  }
  const latest = useRef(draw)
  latest.current = draw
  const redraw = () => {
    asked.current ||= requestAnimationFrame(() => latest.current())
  }
  useEffect(redraw)
  useEffect(() => () => cancelAnimationFrame(asked.current), [])

  const under = (event: MouseEvent) => {
    if (!frame.current) return undefined
    const box = frame.current.getBoundingClientRect()
    const x = event.clientX - box.left
    const y = event.clientY - box.top
    if (x < LABELS || y < AXIS) return undefined
    const inside = y - AXIS + frame.current.scrollTop
    const line = lineAt(gantt, inside)
    const lane = line && Math.floor((inside - line.y - 4) / LANE)
    const here = scene()
    const bar = line?.bars.find(
      (each) => each.lane === lane && xOf(here, each.from) <= x && x <= xOf(here, each.limit),
    )
    return bar && { bar, x, y }
  }

  const whole = gantt.height + AXIS + 4
  return (
    <div className="gantt-frame">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keyboards reach the same jobs in the lists */}
      <div
        ref={frame}
        className="gantt"
        role="img"
        aria-label={t('run:gantt.label', { count: gantt.lines.length })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard, too
        tabIndex={0}
        style={{ height: whole, cursor: hover ? 'pointer' : 'default' }}
        onScroll={() => {
          setHover(undefined)
          redraw()
        }}
        onMouseMove={(event) => setHover(under(event))}
        onMouseLeave={() => setHover(undefined)}
        onClick={(event) => {
          const found = under(event)
          if (found) go(`/ops/jobs/${found.bar.job}`)
        }}
      >
        <canvas ref={canvas} style={{ width: size.width, height: size.height }} aria-hidden />
        <div style={{ height: Math.max(0, whole - size.height) }} />
      </div>
      {hover && <Told {...hover} width={size.width} />}
    </div>
  )
}

function Told({ bar, x, y, width }: { bar: Bar; x: number; y: number; width: number }) {
  const t = useWords('run')
  const format = useFormat()
  const side = x > width - 290 ? { right: width - x + 14 } : { left: x + 14 }
  return (
    <div className="pool-hover" style={{ ...side, top: y + 14 }} aria-hidden>
      <b>{bar.label}</b> · {bar.tenant}
      <div className="soft">
        {bar.waits
          ? t('run:gantt.told_waits', { from: format.moment(bar.from), to: format.moment(bar.to) })
          : t('run:gantt.told_runs', {
              from: format.moment(bar.from),
              to: format.moment(bar.to),
              limit: format.moment(bar.limit),
            })}
      </div>
    </div>
  )
}
