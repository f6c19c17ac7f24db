import { InboxOutlined } from '@ant-design/icons'
import { Button, Progress } from 'antd'
import { useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { refresh } from '../../api/client'
import { useLive } from '../../api/live'
import { asProblem } from '../../api/problem'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { useFront } from '../public/Door'
import { send, type Upload } from './upload'
import './tasks.css'

interface Going {
  file: File
  since: number
  upload: Upload
  /** Of the bytes that have gone, 0 to 1; then of the reading, as the centre tells it. */
  sent: number
  read: number | null
}

/** Drop a file or choose one: it is brought, and the question comes next. */
export function Drop({ big = false }: { big?: boolean }) {
  const t = useWords('tasks')
  const go = useNavigate()
  const format = useFormat()
  const front = useFront()
  const field = useRef<HTMLInputElement>(null)
  const [going, setGoing] = useState<Going | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [over, setOver] = useState(false)

  useLive(['dataset.progress'], ({ subject, facts }) => {
    setGoing((now) =>
      now && now.upload.key === subject ? { ...now, read: Number(facts.fraction ?? 0) } : now,
    )
  })

  const bring = (file: File | undefined) => {
    if (!file || going) return
    setError(null)
    const upload = send(file, (sent) => setGoing((now) => (now ? { ...now, sent } : now)))
    setGoing({ file, since: performance.now(), upload, sent: 0, read: null })
    upload.done
      .then((dataset) => {
        refresh('/v1/datasets')
        go(`/new?dataset=${dataset.dataset_id}`)
      })
      .catch((problem) => {
        setGoing(null)
        if (asProblem(problem).code !== 'stopped') setError(problem)
      })
  }

  if (going) return <Bringing going={going} />
  return (
    <div className="stack">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside takes the keys */}
      <div
        className={`drop ${over ? 'over' : ''} ${big ? 'big' : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          bring(event.dataTransfer.files[0])
        }}
      >
        <InboxOutlined className="drop-mark" />
        <div className="grow">
          <b>{t('tasks:drop.what')}</b>
          <p className="soft">
            {t('tasks:drop.kinds')}
            {front &&
              ` · ${t('tasks:drop.most', { most: format.bytes(front.upload_limit_bytes) })}`}
          </p>
        </div>
        <Button type="primary" size="large" onClick={() => field.current?.click()}>
          {t('tasks:drop.choose')}
        </Button>
        <input
          ref={field}
          type="file"
          className="hidden-text"
          tabIndex={-1}
          aria-label={t('tasks:drop.choose')}
          accept=".csv,.tsv,.txt,.xlsx,.parquet,.json,.jsonl,.ndjson,.gz,.zip"
          onChange={(event) => {
            bring(event.target.files?.[0])
            event.target.value = ''
          }}
        />
      </div>
      <ProblemView error={error} />
    </div>
  )
}

function Bringing({ going }: { going: Going }) {
  const t = useWords('tasks')
  const format = useFormat()
  const { file, sent, read, since } = going
  const seconds = (performance.now() - since) / 1000
  const share = sent < 1 ? sent : (read ?? 0)
  return (
    <div className="drop going" role="status" aria-live="polite">
      <div className="grow stack tight">
        <div className="row between">
          <b className="clip">{file.name}</b>
          <Button size="small" onClick={going.upload.cancel}>
            {t('parts:cancel')}
          </Button>
        </div>
        <Progress
          percent={Math.round(share * 100)}
          aria-label={file.name}
          status="active"
          showInfo={sent < 1 || read !== null}
        />
        <span className="soft small">
          {sent < 1
            ? t('tasks:drop.sending', {
                sent: format.bytes(sent * file.size),
                size: format.bytes(file.size),
                speed: format.bytes((sent * file.size) / Math.max(seconds, 0.1)),
              })
            : t('tasks:drop.reading')}
        </span>
      </div>
    </div>
  )
}
