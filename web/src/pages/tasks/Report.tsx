import { Button } from 'antd'
import { useMode } from '../../look/mode'
import { useLanguage, useWords } from '../../words'

/** The report in a frame without an origin: whatever is in it cannot reach the session. */
export function Report({ solution }: { solution: string }) {
  const t = useWords('tasks')
  const language = useLanguage()
  const [mode] = useMode()
  const address = `/v1/solutions/${solution}/files/report.html`
  return (
    <div className="stack">
      <iframe
        key={`${language}${mode}`}
        className="report"
        title={t('tasks:report.title')}
        sandbox="allow-scripts"
        src={`${address}#${language}`}
      />
      <div className="row">
        <Button href={`${address}#${language}`} target="_blank" rel="noreferrer">
          {t('tasks:report.open')}
        </Button>
      </div>
    </div>
  )
}
