import type { Schemas } from '../../api/client'

export type Node = Schemas['NodeOut']

/** Where a node is drawn: its devices in rows of eight, a bar for its cores under them. */
export interface Spot {
  node: Node
  rack: string
  x: number
  y: number
  w: number
  h: number
}

export interface RackBox {
  name: string
  x: number
  y: number
  w: number
  h: number
  spots: Spot[]
}

export interface Layout {
  racks: RackBox[]
  spots: Spot[]
  height: number
}

export const GAP = 2
export const BAR = 3
export const TITLE = 22
const PAD = 10
const BETWEEN = 14
const MOST_ROWS = 25
const PER_ROW = 8

/** Racks side by side, line by line; in each rack its nodes below one another. */
export function layOut(nodes: readonly Node[], width: number, cell: number): Layout {
  const racks: RackBox[] = []
  let x = 0
  let y = 0
  let tallest = 0
  for (const [name, members] of byRack(nodes)) {
    const box = rackOf(name, members, cell)
    if (x > 0 && x + box.w > width) {
      x = 0
      y += tallest + BETWEEN
      tallest = 0
    }
    racks.push(moved(box, x, y))
    x += box.w + BETWEEN
    tallest = Math.max(tallest, box.h)
  }
  return { racks, spots: racks.flatMap((each) => each.spots), height: y + tallest }
}

/** The device of a node at a point inside its spot; -1 between them. */
export function deviceAt(spot: Spot, x: number, y: number, cell: number): number {
  const column = Math.floor((x - spot.x) / (cell + GAP))
  const row = Math.floor((y - spot.y) / (cell + GAP))
  const index = row * PER_ROW + column
  return column < PER_ROW && index < spot.node.devices.length ? index : -1
}

export function cellOf(spot: Spot, index: number, cell: number): [number, number] {
  return [
    spot.x + (index % PER_ROW) * (cell + GAP),
    spot.y + Math.floor(index / PER_ROW) * (cell + GAP),
  ]
}

/** The node at a point, if there is one. */
export function spotAt(layout: Layout, x: number, y: number): Spot | undefined {
  const rack = layout.racks.find((each) => inside(each, x, y))
  return rack?.spots.find((each) => inside(each, x, y))
}

/** From one node to the nearest in a direction, for whoever goes with the arrow keys. */
export function neighbour(layout: Layout, from: Spot, dx: number, dy: number): Spot {
  let best = from
  let least = Number.POSITIVE_INFINITY
  for (const each of layout.spots) {
    const right = each.x - from.x
    const down = each.y - from.y
    const along = right * dx + down * dy
    if (along <= 0) continue
    const far = along + 6 * Math.abs(dx ? down : right)
    if (far < least) {
      least = far
      best = each
    }
  }
  return best
}

function inside(box: { x: number; y: number; w: number; h: number }, x: number, y: number) {
  return x >= box.x && x < box.x + box.w && y >= box.y && y < box.y + box.h
}

function byRack(nodes: readonly Node[]): Map<string, Node[]> {
  const racks = new Map<string, Node[]>()
  for (const node of nodes) {
    const there = racks.get(node.rack)
    if (there) there.push(node)
    else racks.set(node.rack, [node])
  }
  return racks
}

function rackOf(name: string, members: Node[], cell: number): RackBox {
  const most = Math.max(1, ...members.map((node) => Math.min(node.devices.length, PER_ROW)))
  const w = Math.max(most * (cell + GAP) - GAP, 4 * (cell + GAP))
  const spots: Spot[] = []
  let column = 0
  let y = TITLE + PAD
  let bottom = 0
  for (const node of members) {
    const rows = Math.max(1, Math.ceil(node.devices.length / PER_ROW))
    const h = rows * (cell + GAP) + BAR
    const full = spots.length >= (column + 1) * MOST_ROWS
    if (full) {
      column += 1
      y = TITLE + PAD
    }
    spots.push({ node, rack: name, x: PAD + column * (w + PAD), y, w, h })
    y += h + 2 * GAP
    bottom = Math.max(bottom, y)
  }
  return { name, x: 0, y: 0, w: (column + 1) * (w + PAD) + PAD, h: bottom + PAD, spots }
}

function moved(box: RackBox, x: number, y: number): RackBox {
  return {
    ...box,
    x,
    y,
    spots: box.spots.map((each) => ({ ...each, x: each.x + x, y: each.y + y })),
  }
}
