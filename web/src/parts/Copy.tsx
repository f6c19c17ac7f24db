import { Button } from 'antd'
import { useState } from 'react'
import { useWords } from '../words'

/** A text to take along, such as a key or a hash. */
export function Copy({ text }: { text: string }) {
  const t = useWords()
  const [done, setDone] = useState(false)
  return (
    <Button
      size="small"
      onClick={() => {
        copied(text).then(() => {
          setDone(true)
          setTimeout(() => setDone(false), 2000)
        })
      }}
    >
      {t(done ? 'parts:copied' : 'parts:copy')}
    </Button>
  )
}

/** Also where pages are not served over TLS, in which browsers keep the clipboard back. */
async function copied(text: string) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  document.body.append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
}
