import { type Bar, type Gantt, LANE, type Line, ticks } from './ganttLayout'
import type { Paints } from './poolDraw'

export const LABELS = 116
export const AXIS = 30

export interface Scene {
  gantt: Gantt
  now: number
  from: number
  to: number
  top: number
  width: number
  height: number
  colours: Record<string, string>
  title: string
  told: (at: number) => string
}

/** Draws the lines in sight under the axis of time. */
export function drawGantt(context: CanvasRenderingContext2D, scene: Scene, paints: Paints) {
  const { gantt, top, width, height } = scene
  context.clearRect(0, 0, width, height)
  context.font = paints.font
  context.textBaseline = 'middle'
  const x = (at: number) => xOf(scene, at)
  const marks = ticks(scene.from, scene.to, Math.max(2, Math.floor((width - LABELS) / 90)))
  context.strokeStyle = paints.line
  context.lineWidth = 1
  context.beginPath()
  for (const at of marks) {
    context.moveTo(Math.round(x(at)) + 0.5, AXIS)
    context.lineTo(Math.round(x(at)) + 0.5, height)
  }
  context.stroke()
  context.save()
  context.beginPath()
  context.rect(0, AXIS, width, height - AXIS)
  context.clip()
  context.translate(0, AXIS - top)
  for (const line of gantt.lines) {
    if (line.y + line.h < top || line.y - 40 > top + height) continue
    drawLine(context, line, scene, paints)
  }
  context.restore()
  context.fillStyle = paints.faint
  context.textAlign = 'center'
  for (const at of marks) context.fillText(scene.told(at), x(at), AXIS / 2)
  context.textAlign = 'left'
  context.strokeStyle = paints.accent
  context.lineWidth = 1.5
  context.beginPath()
  context.moveTo(x(scene.now), AXIS - 6)
  context.lineTo(x(scene.now), height)
  context.stroke()
}

export function xOf({ from, to, width }: Scene, at: number): number {
  return LABELS + ((at - from) / (to - from)) * (width - LABELS)
}

function drawLine(context: CanvasRenderingContext2D, line: Line, scene: Scene, paints: Paints) {
  if (line.opens) {
    context.fillStyle = paints.ink
    context.fillText(scene.title, 12, line.y - 14)
  }
  context.fillStyle = paints.faint
  context.fillText(line.name, 12, line.y + line.h / 2, LABELS - 22)
  context.strokeStyle = paints.line
  context.globalAlpha = 0.6
  context.beginPath()
  context.moveTo(0, line.y + line.h - 0.5)
  context.lineTo(scene.width, line.y + line.h - 0.5)
  context.stroke()
  context.globalAlpha = 1
  for (const bar of line.bars) drawBar(context, line, bar, scene, paints)
}

function drawBar(
  context: CanvasRenderingContext2D,
  line: Line,
  bar: Bar,
  scene: Scene,
  paints: Paints,
) {
  const cut = (at: number) => Math.max(LABELS, Math.min(scene.width, xOf(scene, at)))
  const [from, to, limit] = [cut(bar.from), cut(bar.to), cut(bar.limit)]
  const y = line.y + 4 + bar.lane * LANE
  const h = LANE - 3
  const colour = scene.colours[bar.price_class] ?? paints.accent
  if (limit <= LABELS || from >= scene.width) return
  if (bar.waits) {
    context.globalAlpha = 0.25
    context.fillStyle = colour
    context.fillRect(from, y, Math.max(2, to - from), h)
    context.globalAlpha = 1
    if (paints.hatch) {
      context.fillStyle = paints.hatch
      context.fillRect(from, y, Math.max(2, to - from), h)
    }
    context.strokeStyle = colour
    context.lineWidth = 1
    if (limit > to) context.strokeRect(to + 0.5, y + 0.5, limit - to - 1, h - 1)
    return
  }
  context.globalAlpha = 0.22
  context.fillStyle = colour
  context.fillRect(from, y, Math.max(1, limit - from), h)
  context.globalAlpha = 1
  context.fillRect(from, y, Math.max(2, to - from), h)
  if (to - from > 70) {
    context.save()
    context.beginPath()
    context.rect(from, y, to - from, h)
    context.clip()
    context.fillStyle = paints.paper
    context.font = paints.font.replace('12px', '10.5px')
    context.fillText(`${bar.tenant} · ${bar.label}`, from + 6, y + h / 2 + 0.5)
    context.restore()
  }
}
