import type { Node } from './poolLayout'

/** What a replay may change of the rules; what is left out stays as it is. */
export interface PolicyWish {
  order?: string
  backfill?: string
  packing?: string
  preempting?: string
  borrowing?: string
  minimum_run_s?: number
  patience_s?: number
  grace_s?: number
}

export const CHOICES = {
  order: ['first_come', 'shortest', 'fair', 'aged', 'smallest', 'attained'],
  backfill: ['none', 'easy', 'conservative', 'greedy'],
  packing: ['first_fit', 'best_fit', 'spread', 'random', 'used_first', 'fragmentation', 'centre'],
  preempting: ['true', 'false'],
  borrowing: ['true', 'false'],
} as const

/** A policy file with some of its keys said anew. */
export function policyText(today: string, wish: PolicyWish): string {
  const said = Object.entries(wish).filter(([, value]) => value !== undefined && value !== null)
  const names = said.map(([name]) => name)
  const lines = today.split('\n')
  const tables = lines.findIndex((line) => line.trimStart().startsWith('['))
  const top = tables < 0 ? lines.length : tables
  const kept = lines.filter((line, index) => {
    const [, key] = /^\s*([a-z_]+)\s*=/.exec(line) ?? []
    return index >= top || key === undefined || !names.includes(key)
  })
  return [...said.map(([name, value]) => `${name} = ${written(value)}`), ...kept].join('\n')
}

function written(value: string | number): string {
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}.0` : `${value}`
  return value === 'true' || value === 'false' ? value : JSON.stringify(value)
}

/** Nodes that are alike, as one line of a pool file. */
export interface Group {
  key: string
  rack: string
  count: number
  cores: number
  memory_mb: number
  kind: string
  vendor: string
  model: string
  device_mb: number
  devices: number
}

/** The simulated nodes of the pool in lines; the machine itself is always there. */
export function groupsOf(nodes: readonly Node[]): Group[] {
  const groups = new Map<string, Group>()
  for (const node of nodes) {
    if (!node.simulated) continue
    const [first] = node.devices
    const group: Group = {
      key: '',
      rack: node.rack,
      count: 1,
      cores: node.cores,
      memory_mb: node.memory_mb,
      kind: first?.kind ?? '',
      vendor: first?.vendor ?? '',
      model: first?.model ?? '',
      device_mb: first?.memory_mb ?? 0,
      devices: node.devices.length,
    }
    const key = JSON.stringify(group)
    const there = groups.get(key)
    if (there) there.count += 1
    else groups.set(key, { ...group, key })
  }
  return [...groups.values()]
}

export function poolText(groups: readonly Group[]): string {
  return groups
    .filter((group) => group.count > 0)
    .map((group, index) => {
      const lines = [
        '[[node]]',
        `name = "line-${index + 1}"`,
        `count = ${group.count}`,
        `cores = ${group.cores}`,
        `memory_mb = ${group.memory_mb}`,
        `rack = ${JSON.stringify(group.rack)}`,
        'simulated = true',
      ]
      if (group.devices) {
        lines.push(
          '[[node.device]]',
          `kind = "${group.kind}"`,
          `vendor = ${JSON.stringify(group.vendor)}`,
          `model = ${JSON.stringify(group.model)}`,
          `memory_mb = ${group.device_mb}`,
          `count = ${group.devices}`,
        )
      }
      return `${lines.join('\n')}\n`
    })
    .join('\n')
}

export const MEASURES = [
  'average_wait_s',
  'p99_wait_s',
  'bounded_slowdown',
  'utilisation',
  'jain_fairness',
  'makespan_s',
  'preemptions',
  'never_started',
] as const
export type Measure = (typeof MEASURES)[number]

const MORE_IS_BETTER: Measure[] = ['utilisation', 'jain_fairness']
const NOISE = 0.01

/** Whether a change made a measure better, worse, or neither by more than a hundredth. */
export function verdict(measure: Measure, today: number, changed: number) {
  const size = Math.max(Math.abs(today), Math.abs(changed))
  if (size === 0 || Math.abs(changed - today) / size < NOISE) return 'same'
  return changed > today === MORE_IS_BETTER.includes(measure) ? 'better' : 'worse'
}
