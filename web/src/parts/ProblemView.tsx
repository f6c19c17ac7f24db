import { Button } from 'antd'
import { asProblem, type Problem } from '../api/problem'
import { useLanguage, useWords } from '../words'
import './parts.css'

/** The sentence of a problem in the spoken language: by its code, with the centre's own beside it. */
export function useProblemWords() {
  const t = useWords()
  const language = useLanguage()
  return (problem: Problem) => {
    const known = t(`problems:${problem.code}.what`, { defaultValue: '' })
    const own = problem.message
    return {
      what: language === 'en' && own ? own : known || own || t('problems:internal.what'),
      detail: language === 'zh' && known ? own : '',
      todo:
        (language === 'en' && problem.hint) ||
        t(`problems:${problem.code}.todo`, { defaultValue: problem.hint }),
    }
  }
}

/** What went wrong and what to do, instead of the content or above a form. */
export function ProblemView({ error, again }: { error: unknown; again?: () => void }) {
  const t = useWords()
  const words = useProblemWords()
  if (!error) return null
  const { what, detail, todo } = words(asProblem(error))
  return (
    <div className="problem appear" role="alert">
      <div className="grow stack tight">
        <strong>{what}</strong>
        {todo && <span>{todo}</span>}
        {detail && <span className="small soft">{detail}</span>}
      </div>
      {again && <Button onClick={again}>{t('parts:again')}</Button>}
    </div>
  )
}
