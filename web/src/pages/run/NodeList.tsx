import { useMemo } from 'react'
import { State } from '../../parts/State'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { LongTable } from './LongTable'
import type { Node } from './poolLayout'
import { Share } from './Share'

/** The map as a table: the same nodes for who reads or hears rather than sees. */
export function NodeList({ nodes, onOpen }: { nodes: Node[]; onOpen: (name: string) => void }) {
  const t = useWords('run')
  const format = useFormat()
  const sorted = useMemo(
    () => [...nodes].sort((a, b) => a.rack.localeCompare(b.rack) || byName(a.name, b.name)),
    [nodes],
  )
  return (
    <LongTable
      label={t('run:pool.list_label')}
      rows={sorted}
      keyOf={(node) => node.name}
      minWidth={820}
      columns={[
        {
          key: 'name',
          title: t('run:pool.node'),
          width: 'minmax(120px, 1fr)',
          cell: (node) => (
            <button type="button" className="as-link" onClick={() => onOpen(node.name)}>
              {node.name}
            </button>
          ),
        },
        {
          key: 'rack',
          title: t('run:pool.rack'),
          width: '120px',
          cell: (node) => node.rack || <span className="faint">–</span>,
        },
        {
          key: 'state',
          title: t('run:pool.state'),
          width: '100px',
          cell: (node) => <State of={node.state} />,
        },
        {
          key: 'devices',
          title: t('run:pool.devices'),
          width: 'minmax(150px, 1.2fr)',
          cell: (node) => devicesOf(node) || <span className="faint">{t('parts:none')}</span>,
        },
        {
          key: 'used',
          title: t('run:pool.devices_taken'),
          width: '150px',
          cell: (node) =>
            node.devices.length > 0 && <Share share={taken(node)} simulated={node.simulated} />,
        },
        {
          key: 'cores',
          title: t('run:cores'),
          width: '150px',
          cell: (node) => (
            <Share
              share={1 - node.cpu_milli_free / (node.cores * 1000)}
              text={`${format.number(node.cores - node.cpu_milli_free / 1000, 1)} / ${node.cores}`}
              simulated={node.simulated}
            />
          ),
        },
        {
          key: 'real',
          title: t('run:pool.filter.real'),
          width: '80px',
          cell: (node) => t(node.simulated ? 'run:pool.simulated' : 'run:pool.real'),
        },
      ]}
    />
  )
}

export function devicesOf(node: Node): string {
  const counts = new Map<string, number>()
  for (const { vendor, model } of node.devices) {
    const name = `${vendor} ${model}`.trim()
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(', ')
}

function taken(node: Node): number {
  const free = node.devices.reduce((sum, each) => sum + each.milli_free, 0)
  return 1 - free / (1000 * node.devices.length)
}

const collator = new Intl.Collator(undefined, { numeric: true })

function byName(one: string, other: string): number {
  return collator.compare(one, other)
}
