import { changing, newKey, problemOf, type Schemas } from '../../api/client'
import { Problem } from '../../api/problem'

type Dataset = Schemas['DatasetOut']

export interface Upload {
  /** The request's key, under which the live feed tells how far the reading is. */
  key: string
  done: Promise<Dataset>
  cancel: () => void
}

/** The name of the data: the file's, without its endings. */
export function nameOf(file: string): string {
  return file.replace(/(\.(csv|tsv|txt|xlsx|parquet|jsonl?|ndjson|gz|zip))+$/i, '') || file
}

/** Send a file's bytes as they are; `fetch` could not tell how many have gone. */
export function send(file: File, told: (share: number) => void): Upload {
  const request = new XMLHttpRequest()
  const key = newKey()
  const done = new Promise<Dataset>((resolve, reject) => {
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) told(event.loaded / event.total)
    }
    request.upload.onload = () => told(1)
    request.onerror = () => reject(new Problem({ status: 0 }))
    request.onabort = () => reject(new Problem({ status: 0, code: 'stopped' }))
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText))
      else {
        problemOf(new Response(request.responseText, { status: request.status })).then(reject)
      }
    }
    const query = new URLSearchParams({ name: nameOf(file.name), filename: file.name })
    request.open('POST', `/v1/datasets?${query}`)
    for (const [name, value] of Object.entries(changing())) request.setRequestHeader(name, value)
    request.setRequestHeader('Idempotency-Key', key)
    request.send(file)
  })
  return { key, done, cancel: () => request.abort() }
}
