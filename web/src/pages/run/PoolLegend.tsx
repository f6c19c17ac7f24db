import { useEffect, useRef } from 'react'
import { useMode } from '../../look/mode'
import { useWords } from '../../words'
import { type Colouring, drawCell, paintsOf } from './poolDraw'
import './run.css'

const SAMPLES: Record<Colouring, [string, number, string, boolean][]> = {
  load: [
    ['free', 0, 'ready', false],
    ['half', 0.5, 'ready', false],
    ['full', 1, 'ready', false],
    ['draining', 0.5, 'draining', false],
    ['down', 0, 'down', false],
    ['simulated', 0, 'ready', true],
  ],
  state: [
    ['idle', 0, 'ready', false],
    ['busy', 1, 'ready', false],
    ['draining', 0, 'draining', false],
    ['down', 0, 'down', false],
    ['simulated', 0, 'ready', true],
  ],
}

/** What the map's cells mean, drawn by the hand that draws the map. */
export function PoolLegend({ colouring }: { colouring: Colouring }) {
  const t = useWords('run')
  return (
    <div className="legend">
      {SAMPLES[colouring].map(([name, used, state, simulated]) => (
        <span key={name}>
          <Sample used={used} state={state} simulated={simulated} colouring={colouring} />
          {t(`run:pool.legend.${name}`)}
        </span>
      ))}
      <span>{t('run:pool.legend.bar')}</span>
    </div>
  )
}

const CELL = 14

function Sample(shown: { used: number; state: string; simulated: boolean; colouring: Colouring }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [mode] = useMode()
  // biome-ignore lint/correctness/useExhaustiveDependencies: other colours are drawn anew
  useEffect(() => {
    const place = canvas.current
    const context = place?.getContext('2d')
    if (!place || !context) return
    const ratio = window.devicePixelRatio || 1
    place.width = place.height = CELL * ratio
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    drawCell(context, { x: 0, y: 0, w: CELL, h: CELL }, shown, paintsOf(place), shown.colouring)
  }, [mode, shown.used, shown.state, shown.simulated, shown.colouring])
  return <canvas ref={canvas} style={{ width: CELL, height: CELL }} aria-hidden />
}
