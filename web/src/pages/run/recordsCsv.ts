import type { Schemas } from '../../api/client'

/** What the centre tells of a span; pairs of the document are read as lists. */
interface Records {
  supply: (Omit<Schemas['SupplyOut'], 'capacity'> & { capacity: unknown[][] })[]
  use: (Omit<Schemas['UseOut'], 'held'> & { held: unknown[][] })[]
}

const HEAD = [
  'record',
  'who',
  'state',
  'since',
  'until',
  'kind',
  'simulated',
  'milli',
  'cpu_s',
  'billable',
]

/** The intervals of supply and use as one table, a line for each kind in each interval. */
export function recordsCsv({ supply, use }: Records): string {
  const lines: unknown[][] = [HEAD]
  for (const each of supply) {
    for (const kind of each.capacity) {
      lines.push(['supply', each.node, each.state, each.since, each.until, ...kind, '', ''])
    }
  }
  for (const each of use) {
    for (const kind of each.held) {
      const tail = [each.cpu_s, each.billable]
      lines.push(['use', each.tenant, '', each.since, each.until, ...kind, ...tail])
    }
  }
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}

function cell(value: unknown): string {
  const text = String(value ?? '')
  // A name that a spreadsheet would take for a formula stays a name.
  const tame = /^[=+\-@\t\r]/.test(text) && typeof value === 'string' ? `'${text}` : text
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}

/** A text as a file; the mark at its beginning lets spreadsheets read it as UTF-8. */
export function takeAway(text: string, name: string) {
  const address = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
