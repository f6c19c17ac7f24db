import { PlusOutlined, SearchOutlined } from '@ant-design/icons'
import { Button, Input, Segmented, Select } from 'antd'
import { useDeferredValue, useMemo, useState } from 'react'
import { $api, refresh } from '../../api/client'
import { useMay } from '../../api/session'
import { Empty } from '../../parts/Empty'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFilters } from '../../parts/useFilters'
import { useWords } from '../../words'
import { AddNodes } from './AddNodes'
import { Hear } from './Hear'
import { NodeDrawer } from './NodeDrawer'
import { NodeList } from './NodeList'
import { PoolLegend } from './PoolLegend'
import { PoolMap } from './PoolMap'
import type { Colouring } from './poolDraw'
import type { Node } from './poolLayout'
import { Supply } from './Supply'
import './run.css'

const CELLS: Record<string, number> = { small: 7, medium: 11, large: 18 }
const STATES = ['ready', 'draining', 'down']

/** The pool as a map rack → node → device; each node opens in a drawer. */
export default function Pool() {
  const t = useWords('run')
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const [filters, set] = useFilters(
    'view',
    'by',
    'size',
    'kind',
    'state',
    'rack',
    'real',
    'find',
    'node',
  )
  const { data, error, refetch } = $api.useQuery(
    'get',
    '/v1/nodes',
    {},
    { refetchInterval: 30_000 },
  )
  const nodes = data?.items
  const seen = useSeen(nodes, filters)
  const colouring = (filters.by === 'state' ? 'state' : 'load') as Colouring
  const cell = CELLS[filters.size ?? 'medium'] ?? 11
  const open = (name: string) => set({ node: name })
  return (
    <Page
      wide
      title={t('run:pool.title')}
      lead={t('run:pool.lead')}
      actions={
        may('set_nodes') && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t('run:pool.add')}
          </Button>
        )
      }
    >
      {may('see_jobs') && (
        <Hear
          begins={['node.', 'job.']}
          act={() => refresh('/v1/nodes', '/v1/board')}
          mostMs={3000}
        />
      )}
      <Supply />
      <Panel
        title={t('run:pool.map')}
        extra={
          <>
            <Segmented
              aria-label={t('run:pool.view')}
              value={filters.view ?? 'map'}
              onChange={(view) => set({ view: view === 'map' ? undefined : view })}
              options={['map', 'list'].map((value) => ({
                value,
                label: t(`run:pool.view_${value}`),
              }))}
            />
            {filters.view !== 'list' && (
              <>
                <Segmented
                  aria-label={t('run:pool.by')}
                  value={colouring}
                  onChange={(by) => set({ by: by === 'load' ? undefined : by })}
                  options={['load', 'state'].map((value) => ({
                    value,
                    label: t(`run:pool.by_${value}`),
                  }))}
                />
                <Segmented
                  aria-label={t('run:pool.size')}
                  value={filters.size ?? 'medium'}
                  onChange={(size) => set({ size: size === 'medium' ? undefined : size })}
                  options={Object.keys(CELLS).map((value) => ({
                    value,
                    label: t(`run:pool.size_${value}`),
                  }))}
                />
              </>
            )}
          </>
        }
      >
        <div className="stack">
          <Filters nodes={nodes ?? []} filters={filters} set={set} />
          {error ? (
            <ProblemView error={error} again={refetch} />
          ) : !seen ? (
            <Loading rows={8} />
          ) : seen.length === 0 ? (
            <Empty
              title={t('run:pool.none')}
              action={
                <Button
                  onClick={() =>
                    set({
                      kind: undefined,
                      state: undefined,
                      rack: undefined,
                      real: undefined,
                      find: undefined,
                    })
                  }
                >
                  {t('run:pool.show_all')}
                </Button>
              }
            >
              {t('run:pool.none_why')}
            </Empty>
          ) : filters.view === 'list' ? (
            <NodeList nodes={seen} onOpen={open} />
          ) : (
            <>
              <PoolLegend colouring={colouring} />
              <PoolMap
                nodes={seen}
                cell={cell}
                colouring={colouring}
                chosen={filters.node}
                onChoose={open}
              />
            </>
          )}
        </div>
      </Panel>
      <NodeDrawer
        name={filters.node}
        node={nodes?.find((each) => each.name === filters.node)}
        known={nodes !== undefined}
        onClose={() => set({ node: undefined })}
      />
      {adding && <AddNodes onClose={() => setAdding(false)} />}
    </Page>
  )
}

type Named = 'kind' | 'state' | 'rack' | 'real' | 'find'
type Wanted = Partial<Record<Named, string | undefined>>

function useSeen(nodes: Node[] | undefined, { kind, state, rack, real, find }: Wanted) {
  const text = useDeferredValue(find?.toLowerCase())
  return useMemo(
    () =>
      nodes?.filter(
        (node) =>
          (!kind || node.devices.some((each) => each.kind === kind)) &&
          (!state || node.state === state) &&
          (rack === undefined || node.rack === rack) &&
          (!real || node.simulated === (real === 'simulated')) &&
          (!text || node.name.toLowerCase().includes(text)),
      ),
    [nodes, kind, state, rack, real, text],
  )
}

function Filters({
  nodes,
  filters,
  set,
}: {
  nodes: Node[]
  filters: Wanted
  set: (changed: Wanted) => void
}) {
  const t = useWords('run')
  const [kinds, racks] = useMemo(
    () => [
      [...new Set(nodes.flatMap((node) => node.devices.map((each) => each.kind)))].sort(),
      [...new Set(nodes.map((node) => node.rack))].filter(Boolean),
    ],
    [nodes],
  )
  const choice = (name: Named, options: { value: string; label: string }[]) => (
    <Select
      aria-label={t(`run:pool.filter.${name}`)}
      placeholder={t(`run:pool.filter.${name}`)}
      allowClear
      showSearch={options.length > 8}
      style={{ minWidth: 128 }}
      value={filters[name] ?? null}
      options={options}
      onChange={(value: string | null) => set({ [name]: value ?? undefined })}
    />
  )
  return (
    <div className="row">
      <Input
        aria-label={t('run:pool.filter.find')}
        placeholder={t('run:pool.filter.find')}
        prefix={<SearchOutlined />}
        allowClear
        style={{ width: 200 }}
        value={filters.find ?? ''}
        onChange={(event) => set({ find: event.target.value || undefined })}
      />
      {choice(
        'kind',
        kinds.map((value) => ({ value, label: value.toUpperCase() })),
      )}
      {choice(
        'state',
        STATES.map((value) => ({ value, label: t(`parts:state.${value}`) })),
      )}
      {choice(
        'rack',
        racks.map((value) => ({ value, label: value })),
      )}
      {choice(
        'real',
        ['real', 'simulated'].map((value) => ({ value, label: t(`run:pool.${value}`) })),
      )}
    </div>
  )
}
