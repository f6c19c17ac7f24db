import { Input, InputNumber, Tabs } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { $api } from '../../api/client'
import { Loading } from '../../parts/Loading'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { gib } from './gib'
import { LongTable } from './LongTable'
import { groupsOf, poolText } from './whatIf'
import './run.css'

/** Another pool: how many of each simulated node, or the whole pool file as text. */
export function PoolForm({ onText }: { onText: (text: string) => void }) {
  const t = useWords('run')
  const format = useFormat()
  const { data } = $api.useQuery('get', '/v1/nodes')
  const today = useMemo(() => data && groupsOf(data.items), [data])
  const [counts, setCounts] = useState<Record<string, number>>({})
  const [text, setText] = useState<string>()
  const groups = useMemo(
    () => today?.map((group) => ({ ...group, count: counts[group.key] ?? group.count })),
    [today, counts],
  )
  const written = text ?? poolText(groups ?? [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is written is told
  useEffect(() => {
    if (groups) onText(written)
  }, [written, groups === undefined])
  if (!groups) return <Loading />
  const form = (
    <div className="stack">
      <p className="small soft">{t('run:poolform.why')}</p>
      {groups.length === 0 ? (
        <p>{t('run:poolform.none')}</p>
      ) : (
        <div className="bleed">
          <LongTable
            label={t('run:poolform.label')}
            rows={groups}
            keyOf={(group) => group.key}
            rowHeight={52}
            minWidth={440}
            mostHeight={380}
            columns={[
              {
                key: 'rack',
                title: t('run:pool.rack'),
                width: '90px',
                cell: (group) => group.rack || '–',
              },
              {
                key: 'what',
                title: t('run:pool.node'),
                width: 'minmax(160px, 1fr)',
                cell: (group) => (
                  <span title={gib(group.memory_mb, format)}>
                    {t('run:job.cores', { count: group.cores })}
                    {group.devices > 0 && ` · ${group.devices} × ${group.vendor} ${group.model}`}
                  </span>
                ),
              },
              {
                key: 'count',
                title: t('run:add.count'),
                width: '110px',
                cell: (group) => (
                  <InputNumber
                    aria-label={`${group.rack} ${group.vendor} ${group.model}`}
                    min={0}
                    max={10_000}
                    value={group.count}
                    onChange={(count) => {
                      setText(undefined)
                      setCounts({ ...counts, [group.key]: count ?? 0 })
                    }}
                  />
                ),
              },
            ]}
          />
        </div>
      )}
    </div>
  )
  return (
    <Tabs
      items={[
        { key: 'form', label: t('run:poolform.form'), children: form },
        {
          key: 'text',
          label: t('run:poolform.text'),
          children: (
            <Input.TextArea
              aria-label={t('run:poolform.text')}
              className="mono"
              autoSize={{ minRows: 8, maxRows: 20 }}
              value={written}
              onChange={(event) => setText(event.target.value)}
            />
          ),
        },
      ]}
    />
  )
}
