import { Popover } from 'antd'
import type { ReactNode } from 'react'
import { $api } from '../api/client'
import { useSaid, useWords } from '../words'
import './parts.css'

/** A label that can be asked: what the number means, its formula, unit and source (R17). */
export function Ask({ code, children }: { code: string; children: ReactNode }) {
  return (
    <Popover trigger="click" destroyOnHidden content={<Definition code={code} />}>
      <button type="button" className="ask">
        {children}
      </button>
    </Popover>
  )
}

function Definition({ code }: { code: string }) {
  const t = useWords()
  const said = useSaid()
  const { data, error } = $api.useQuery('get', '/v1/definitions', {}, { staleTime: Infinity })
  const found = data?.items.find((each) => each.code === code || each.also.includes(code))
  if (error) return <div className="definition">{t('parts:definition.unreachable')}</div>
  if (!data) return <div className="definition">{t('parts:loading')}</div>
  if (!found) return <div className="definition">{t('parts:definition.none', { code })}</div>
  const rows: [string, string][] = [
    ['formula', said(found.formula_zh, found.formula_en)],
    ['unit', said(found.unit_zh, found.unit_en)],
    ['source', said(found.source_zh, found.source_en)],
    ['quality', said(found.quality_zh, found.quality_en)],
  ]
  return (
    <div className="definition">
      <strong>{said(found.name_zh, found.name_en)}</strong>
      <div>{said(found.definition_zh, found.definition_en)}</div>
      <dl>
        {rows
          .filter(([, text]) => text)
          .map(([name, text]) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt>{t(`parts:definition.${name}`)}</dt>
              <dd>{text}</dd>
            </div>
          ))}
      </dl>
    </div>
  )
}
