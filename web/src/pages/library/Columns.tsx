import { Button, Input } from 'antd'
import { useState } from 'react'
import type { Schemas } from '../../api/client'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'
import { Shape } from './Shape'

const AT_ONCE = 24

/** Every column on a card of its own: what it holds, how it is spread, what is missing. */
export function Columns({ profile }: { profile: Schemas['ProfileOut'] }) {
  const t = useWords('library')
  const [wanted, setWanted] = useState('')
  const [shown, setShown] = useState(AT_ONCE)
  const found = profile.columns.filter((each) =>
    each.name.toLowerCase().includes(wanted.trim().toLowerCase()),
  )
  return (
    <section className="stack">
      <div className="row between">
        <h2>{t('library:column.title', { count: profile.columns.length })}</h2>
        {profile.columns.length > 8 && (
          <Input.Search
            allowClear
            style={{ maxWidth: 240 }}
            aria-label={t('library:column.find')}
            placeholder={t('library:column.find')}
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        )}
      </div>
      {found.length === 0 && <p className="soft">{t('library:column.none')}</p>}
      <div className="grid">
        {found.slice(0, shown).map((each) => (
          <Card key={each.name} column={each} rows={profile.rows} />
        ))}
      </div>
      {found.length > shown && (
        <div className="row" style={{ justifyContent: 'center' }}>
          <Button onClick={() => setShown(shown + AT_ONCE)}>{t('parts:more')}</Button>
        </div>
      )}
    </section>
  )
}

function Card({ column, rows }: { column: Schemas['ColumnOut']; rows: number }) {
  const t = useWords('library')
  const said = useSaid()
  const format = useFormat()
  const share = rows ? column.missing / rows : 0
  return (
    <article className="column-card" aria-label={column.name}>
      <header>
        <h3 className="clip" title={column.name}>
          {column.name}
        </h3>
        <span className="faint small">{t(`library:column.kind.${column.kind}`)}</span>
      </header>
      <Shape column={column} rows={rows} />
      <p className="small soft">
        {t(column.distinct_exact ? 'library:column.distinct' : 'library:column.about_distinct', {
          count: column.distinct,
          told: format.number(column.distinct),
        })}
        {column.mean != null &&
          ` · ${t('library:column.mean', { value: format.significant(column.mean, 4) })}`}
        {' · '}
        {column.missing
          ? t('library:column.missing', { share: format.percent(share) })
          : t('library:column.whole')}
      </p>
      {column.missing > 0 && (
        <div className="gap-bar" aria-hidden="true">
          <span style={{ width: `${100 * (1 - share)}%` }} />
        </div>
      )}
      {column.warnings.map((each) => (
        <p key={each.code} className="small beware-line">
          {said(each.zh, each.en)}
        </p>
      ))}
    </article>
  )
}
