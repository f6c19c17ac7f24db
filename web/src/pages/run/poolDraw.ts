import { BAR, cellOf, type Layout, type RackBox, type Spot, TITLE } from './poolLayout'

export type Colouring = 'load' | 'state'

/** The colours of the moment, read from the look's tokens. */
export interface Paints {
  paper: string
  sunken: string
  line: string
  ink: string
  faint: string
  accent: string
  good: string
  goodSoft: string
  warn: string
  warnSoft: string
  bad: string
  badSoft: string
  font: string
  hatch: CanvasPattern | null
}

export function paintsOf(canvas: HTMLCanvasElement): Paints {
  const style = getComputedStyle(canvas)
  const token = (name: string) => style.getPropertyValue(name).trim()
  return {
    paper: token('--paper'),
    sunken: token('--sunken'),
    line: token('--line'),
    ink: token('--ink'),
    faint: token('--ink-3'),
    accent: token('--accent'),
    good: token('--good'),
    goodSoft: token('--good-soft'),
    warn: token('--warn'),
    warnSoft: token('--warn-soft'),
    bad: token('--bad'),
    badSoft: token('--bad-soft'),
    font: `12px ${style.fontFamily}`,
    hatch: hatched(token('--ink-3'), token('--paper')),
  }
}

/** Diagonal lines: what is under them is simulated. */
function hatched(ink: string, paper: string): CanvasPattern | null {
  const tile = document.createElement('canvas')
  tile.width = 6
  tile.height = 6
  const context = tile.getContext('2d')
  if (!context) return null
  for (const [colour, shift] of [
    [paper, 1],
    [ink, 0],
  ] as const) {
    context.strokeStyle = colour
    context.globalAlpha = 0.55
    context.lineWidth = 1
    context.beginPath()
    for (const from of [-6, 0, 6]) {
      context.moveTo(from + shift, 6)
      context.lineTo(from + 6 + shift, 0)
    }
    context.stroke()
  }
  return context.createPattern(tile, 'repeat')
}

/** Racks that were drawn once are shown as pictures, so that scrolling draws nothing anew. */
export class PoolPainter {
  private pictures = new WeakMap<RackBox, HTMLCanvasElement>()

  constructor(
    readonly paints: Paints,
    readonly cell: number,
    readonly colouring: Colouring,
    readonly unnamed: string,
  ) {}

  /** What lies between `top` and `top + height`, and nothing else. */
  draw(
    context: CanvasRenderingContext2D,
    layout: Layout,
    view: { top: number; width: number; height: number; ratio: number },
    rings: { chosen: string | undefined; focused: string | undefined },
  ) {
    context.clearRect(0, 0, view.width, view.height)
    context.save()
    context.translate(0, -view.top)
    for (const rack of layout.racks) {
      if (rack.y >= view.top + view.height || rack.y + rack.h <= view.top) continue
      context.drawImage(this.picture(rack, view.ratio), rack.x, rack.y, rack.w, rack.h)
      for (const spot of rack.spots) drawRing(context, spot, rings, this.paints)
    }
    context.restore()
  }

  private picture(rack: RackBox, ratio: number): HTMLCanvasElement {
    const there = this.pictures.get(rack)
    if (there && there.dataset.ratio === String(ratio)) return there
    const picture = document.createElement('canvas')
    picture.dataset.ratio = String(ratio)
    picture.width = Math.ceil(rack.w * ratio)
    picture.height = Math.ceil(rack.h * ratio)
    const context = picture.getContext('2d')
    if (context) {
      context.setTransform(ratio, 0, 0, ratio, -rack.x * ratio, -rack.y * ratio)
      drawRack(context, rack, this.paints, this.unnamed)
      for (const spot of rack.spots) {
        drawNode(context, spot, this.paints, this.cell, this.colouring)
      }
    }
    this.pictures.set(rack, picture)
    return picture
  }
}

function drawRack(
  context: CanvasRenderingContext2D,
  rack: RackBox,
  paints: Paints,
  unnamed: string,
) {
  context.fillStyle = paints.paper
  context.strokeStyle = paints.line
  context.lineWidth = 1
  context.beginPath()
  context.roundRect(rack.x + 0.5, rack.y + 0.5, rack.w - 1, rack.h - 1, 8)
  context.fill()
  context.stroke()
  context.fillStyle = paints.faint
  context.font = paints.font
  context.textBaseline = 'middle'
  context.fillText(rack.name || unnamed, rack.x + 10, rack.y + TITLE / 2 + 5, rack.w - 20)
}

function drawNode(
  context: CanvasRenderingContext2D,
  spot: Spot,
  paints: Paints,
  cell: number,
  by: Colouring,
) {
  const { node } = spot
  if (node.devices.length === 0) {
    const used = 1 - node.cpu_milli_free / (node.cores * 1000)
    drawCell(context, { x: spot.x, y: spot.y, w: spot.w, h: cell }, { ...node, used }, paints, by)
  }
  for (const [index, device] of node.devices.entries()) {
    const [x, y] = cellOf(spot, index, cell)
    const shown = {
      used: 1 - device.milli_free / 1000,
      state: node.state,
      simulated: device.simulated,
    }
    drawCell(context, { x, y, w: cell, h: cell }, shown, paints, by)
  }
  const bar = spot.y + spot.h - BAR
  context.fillStyle = paints.line
  context.fillRect(spot.x, bar, spot.w, BAR)
  context.fillStyle = paints.faint
  const busy = 1 - node.cpu_milli_free / (node.cores * 1000)
  context.fillRect(spot.x, bar, spot.w * Math.min(1, Math.max(0, busy)), BAR)
}

function drawRing(
  context: CanvasRenderingContext2D,
  { node, x, y, w, h }: Spot,
  { chosen, focused }: { chosen: string | undefined; focused: string | undefined },
  paints: Paints,
) {
  if (node.name !== chosen && node.name !== focused) return
  context.strokeStyle = node.name === chosen ? paints.accent : paints.ink
  context.lineWidth = 2
  context.strokeRect(x - 3, y - 3, w + 6, h + 5)
}

interface Box {
  x: number
  y: number
  w: number
  h: number
}

/** A device, or the cores of a node without any. */
export function drawCell(
  context: CanvasRenderingContext2D,
  { x, y, w, h }: Box,
  { used, state, simulated }: { used: number; state: string; simulated: boolean },
  paints: Paints,
  colouring: Colouring,
) {
  const [ground, fill] = coloursOf(state, used, colouring, paints)
  context.fillStyle = ground
  context.fillRect(x, y, w, h)
  if (used > 0.0005) {
    const high = colouring === 'load' ? Math.max(2, h * Math.min(1, used)) : h
    context.fillStyle = fill
    context.fillRect(x, y + h - high, w, high)
  }
  if (simulated && paints.hatch) {
    context.fillStyle = paints.hatch
    context.fillRect(x, y, w, h)
  }
  if (state !== 'ready') drawMark(context, { x, y, w, h }, state, paints)
}

function coloursOf(
  state: string,
  used: number,
  colouring: Colouring,
  paints: Paints,
): [string, string] {
  if (state === 'down') return [paints.badSoft, paints.bad]
  if (state === 'draining') return [paints.warnSoft, paints.warn]
  if (colouring === 'load') return [paints.sunken, paints.accent]
  return used > 0.0005 ? [paints.accent, paints.accent] : [paints.goodSoft, paints.good]
}

/** A cross for what is down, a bar below for what is being drained: colour never says it alone. */
function drawMark(
  context: CanvasRenderingContext2D,
  { x, y, w, h }: Box,
  state: string,
  paints: Paints,
) {
  context.strokeStyle = state === 'down' ? paints.bad : paints.warn
  context.lineWidth = 1.5
  context.beginPath()
  if (state === 'down') {
    const half = Math.min(w, h) / 2 - 1.5
    const [cx, cy] = [x + w / 2, y + h / 2]
    context.moveTo(cx - half, cy - half)
    context.lineTo(cx + half, cy + half)
    context.moveTo(cx + half, cy - half)
    context.lineTo(cx - half, cy + half)
  } else {
    context.moveTo(x, y + h - 0.75)
    context.lineTo(x + w, y + h - 0.75)
  }
  context.stroke()
}
