import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useMode } from '../../look/mode'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { type Colouring, PoolPainter, paintsOf } from './poolDraw'
import { deviceAt, layOut, type Node, neighbour, type Spot, spotAt } from './poolLayout'

interface PoolMapProps {
  nodes: Node[]
  cell: number
  colouring: Colouring
  chosen: string | undefined
  onChoose: (name: string) => void
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The pool on one canvas that is as large as its window; only what is seen is drawn. */
export function PoolMap({ nodes, cell, colouring, chosen, onChoose }: PoolMapProps) {
  const t = useWords('run')
  const [mode] = useMode()
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const painter = useRef<PoolPainter | null>(null)
  const asked = useRef(0)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [focused, setFocused] = useState<string>()
  const [hover, setHover] = useState<{ spot: Spot; device: number; x: number; y: number }>()
  const layout = useMemo(() => layOut(nodes, size.width || 1200, cell), [nodes, size.width, cell])

  useEffect(() => {
    if (!frame.current) return
    const sizes = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    sizes.observe(frame.current)
    return () => sizes.disconnect()
  }, [])

  const draw = () => {
    asked.current = 0
    const context = canvas.current?.getContext('2d')
    if (!context || !canvas.current || !frame.current) return
    painter.current ??= new PoolPainter(
      paintsOf(canvas.current),
      cell,
      colouring,
      t('run:pool.unnamed'),
    )
    const ratio = window.devicePixelRatio || 1
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const view = { top: frame.current.scrollTop, ratio, ...size }
    painter.current.draw(context, layout, view, { chosen, focused })
  }
  const latest = useRef(draw)
  latest.current = draw
  const redraw = () => {
    asked.current ||= requestAnimationFrame(() => latest.current())
  }
  useEffect(() => () => cancelAnimationFrame(asked.current), [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: what looks otherwise is drawn anew
  useEffect(() => {
    painter.current = null
  }, [mode, cell, colouring, t])

  useEffect(() => {
    const place = canvas.current
    if (!place) return
    const ratio = window.devicePixelRatio || 1
    place.width = Math.round(size.width * ratio)
    place.height = Math.round(size.height * ratio)
  }, [size])

  useEffect(redraw)

  const under = (event: MouseEvent) => {
    if (!frame.current) return undefined
    const box = frame.current.getBoundingClientRect()
    const x = event.clientX - box.left
    const y = event.clientY - box.top
    const spot = spotAt(layout, x, y + frame.current.scrollTop)
    return spot && { spot, device: deviceAt(spot, x, y + frame.current.scrollTop, cell), x, y }
  }

  const walk = (event: KeyboardEvent) => {
    const here = layout.spots.find((each) => each.node.name === focused)
    const arrow = ARROWS[event.key]
    if (event.key === 'Enter' && here) onChoose(here.node.name)
    else if (arrow) {
      const to = here ? neighbour(layout, here, ...arrow) : layout.spots[0]
      if (!to) return
      setFocused(to.node.name)
      reveal(frame.current, to)
    } else return
    event.preventDefault()
  }

  const reached = layout.spots.find((each) => each.node.name === focused)
  return (
    <div className="pool-frame">
      <div
        ref={frame}
        className="pool-map"
        style={{ height: Math.min(layout.height + 2, 4000) }}
        role="application"
        aria-label={t('run:pool.map_label', { count: nodes.length })}
        aria-describedby="pool-map-help"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk here
        tabIndex={0}
        onScroll={() => {
          setHover(undefined)
          redraw()
        }}
        onKeyDown={walk}
        onMouseMove={(event) => setHover(under(event))}
        onMouseLeave={() => setHover(undefined)}
        onClick={(event) => {
          const found = under(event)
          if (found) onChoose(found.spot.node.name)
        }}
      >
        <canvas ref={canvas} style={{ width: size.width, height: size.height }} aria-hidden />
        <div style={{ height: layout.height - size.height }} />
      </div>
      {hover && <Hover {...hover} width={size.width} />}
      <p id="pool-map-help" className="hidden-text">
        {t('run:pool.map_help')}
      </p>
      <p className="hidden-text" aria-live="polite">
        {reached && <Told node={reached.node} />}
      </p>
    </div>
  )
}

function reveal(frame: HTMLDivElement | null, spot: Spot) {
  if (!frame) return
  if (spot.y < frame.scrollTop) frame.scrollTop = spot.y - 40
  const below = spot.y + spot.h - frame.clientHeight
  if (below > frame.scrollTop) frame.scrollTop = below + 40
}

/** What the pointer is over, beside it. */
function Hover({
  spot,
  device,
  x,
  y,
  width,
}: {
  spot: Spot
  device: number
  x: number
  y: number
  width: number
}) {
  const t = useWords('run')
  const format = useFormat()
  const found = spot.node.devices[device]
  const side = x > width - 280 ? { right: width - x + 14 } : { left: x + 14 }
  return (
    <div className="pool-hover" style={{ ...side, top: y + 14 }} aria-hidden>
      <Told node={spot.node} />
      {found && (
        <div className="soft">
          {found.name.split(':').at(-1)} · {found.vendor} {found.model} ·{' '}
          {t('run:pool.used_share', { share: format.percent(1 - found.milli_free / 1000, 0) })}
        </div>
      )}
    </div>
  )
}

/** A node in one line. */
function Told({ node }: { node: Node }) {
  const t = useWords('run')
  const used = node.devices.filter((each) => each.milli_free < 1000).length
  return (
    <>
      <b>{node.name}</b> · {t(`parts:state.${node.state}`)}
      {node.simulated && ` · ${t('parts:quality.simulated')}`}
      {node.devices.length > 0 &&
        ` · ${t('run:pool.devices_used', { used, all: node.devices.length })}`}
    </>
  )
}
