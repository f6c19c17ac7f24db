import type { ReactNode } from 'react'
import { Trans } from 'react-i18next'
import type { Schemas } from '../../api/client'
import { Panel } from '../../parts/Page'
import { useSaid, useWords } from '../../words'

interface QuestionProps {
  task: Schemas['TaskOut']
  /** How many columns the data has. */
  columns: number
  change: ReactNode
  children: ReactNode
}

/** The question as one would say it, why it was guessed, and what to know before answering it. */
export function Question({ task, columns, change, children }: QuestionProps) {
  const t = useWords('tasks')
  const said = useSaid()
  return (
    <Panel extra={change} title={t('tasks:question.title')}>
      <p className="question">
        <Trans
          t={t}
          i18nKey={
            task.kind === 'classification' ? 'tasks:question.class' : 'tasks:question.number'
          }
          values={{ target: task.target, others: Math.max(columns - 1, 1) }}
          components={{ b: <b /> }}
          shouldUnescape
        />
      </p>
      <p className="soft small">{said(task.why_zh, task.why_en)}</p>
      {children}
      {task.warnings.length > 0 && (
        <ul
          className="warnings"
          style={{ marginTop: 14 }}
          aria-label={t('tasks:question.warnings')}
        >
          {task.warnings.slice(0, MOST_SHOWN).map((each) => (
            <li key={`${each.code}${each.column}${each.en}`}>
              {said(String(each.zh), String(each.en))}
            </li>
          ))}
        </ul>
      )}
      {task.warnings.length > MOST_SHOWN && (
        <p className="soft small">
          {t('tasks:question.more', { count: task.warnings.length - MOST_SHOWN })}
        </p>
      )}
    </Panel>
  )
}

const MOST_SHOWN = 5
