import { AutoComplete, Button, Form, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Loading } from '../../parts/Loading'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'

type Field = Schemas['FieldOut']
type Prediction = Schemas['PredictionOut']

const FIRST_FIELDS = 12
const LOOK_EVERY_MS = 250

/** Use the result here: one row in a form, or a whole table. */
export function Try({ task, solution }: { task: Schemas['TaskOut']; solution: string }) {
  const t = useWords('tasks')
  const { data, error, refetch } = $api.useQuery('get', '/v1/solutions/{solution_id}/form', {
    params: { path: { solution_id: solution } },
  })
  if (error) return <ProblemView error={error} again={() => refetch()} />
  if (!data) return <Loading />
  return (
    <div className="stack">
      <Panel title={t('tasks:try.title')}>
        <OneRow fields={data.items} target={task.target} solution={solution} />
      </Panel>
      <Panel title={t('tasks:try.file')}>
        <WholeTable task={task} solution={solution} />
      </Panel>
    </div>
  )
}

/** Ask, and look until it is answered. */
function usePrediction(solution: string) {
  const [id, setId] = useState<string>()
  const ask = $api.useMutation('post', '/v1/solutions/{solution_id}/predictions', {
    onSuccess: (made) => setId(made.prediction_id),
  })
  const found = $api.useQuery(
    'get',
    '/v1/predictions/{prediction_id}',
    { params: { path: { prediction_id: id ?? '' } } },
    {
      enabled: id !== undefined,
      refetchInterval: ({ state }) => (ended(state.data) ? false : LOOK_EVERY_MS),
    },
  )
  const answer = id ? found.data : undefined
  return {
    ask: (body: Schemas['PredictionIn']) =>
      ask.mutate({ params: { path: { solution_id: solution } }, body }),
    answer: ended(answer) ? answer : undefined,
    busy: ask.isPending || (id !== undefined && !ended(answer) && !found.error),
    error: ask.error ?? found.error,
  }
}

function ended(prediction: Prediction | undefined): boolean {
  return !!prediction && ['succeeded', 'failed', 'cancelled'].includes(prediction.state)
}

function OneRow({
  fields,
  target,
  solution,
}: {
  fields: Field[]
  target: string
  solution: string
}) {
  const t = useWords('tasks')
  const [all, setAll] = useState(false)
  const { ask, answer, busy, error } = usePrediction(solution)
  const shown = all ? fields : fields.slice(0, FIRST_FIELDS)
  const first = Object.fromEntries(fields.map((each) => [each.name, each.examples[0] ?? null]))
  return (
    <Form<Record<string, string | null>>
      layout="vertical"
      initialValues={{ row: fields.map((each) => each.examples[0] ?? undefined) }}
      onFinish={(entered) => {
        const cells = entered.row as unknown as (string | number | undefined)[]
        const row = Object.fromEntries(
          fields.map((each, index) => [
            each.name,
            index < shown.length ? textOf(cells[index]) : (first[each.name] ?? null),
          ]),
        )
        ask({ rows: [row] })
      }}
    >
      <p className="soft">{t('tasks:try.why')}</p>
      <div className="grid" style={{ marginTop: 14 }}>
        {shown.map((each, index) => (
          <Form.Item key={each.name} name={['row', index]} label={each.name}>
            <Cell field={each} />
          </Form.Item>
        ))}
      </div>
      {fields.length > FIRST_FIELDS && !all && (
        <Button type="link" onClick={() => setAll(true)}>
          {t('tasks:try.all', { count: fields.length })}
        </Button>
      )}
      <Button type="primary" htmlType="submit" loading={busy} size="large">
        {t('tasks:try.go')}
      </Button>
      <div aria-live="polite" style={{ marginTop: 18 }}>
        <ProblemView error={error} />
        {busy && <span className="soft">{t('tasks:try.working')}</span>}
        {answer && <Answer answer={answer} target={target} />}
      </div>
    </Form>
  )
}

function textOf(value: string | number | undefined): string | null {
  return value === undefined || value === null || value === '' ? null : String(value)
}

function Cell({ field, ...given }: { field: Field }) {
  const t = useWords('tasks')
  // 12% and 99元 are numbers too, but no field of digits can hold them.
  const digits = field.examples.every((each) => each === null || !Number.isNaN(Number(each)))
  if (digits && (field.kind === 'integer' || field.kind === 'number')) {
    return (
      <InputNumber
        {...given}
        stringMode
        placeholder={t('tasks:try.empty')}
        style={{ width: '100%' }}
        {...(field.kind === 'integer' ? { precision: 0 } : {})}
      />
    )
  }
  if (field.choices.length) {
    return (
      <AutoComplete
        {...given}
        allowClear
        placeholder={t('tasks:try.empty')}
        options={field.choices.map((value) => ({ value }))}
      />
    )
  }
  return <Input {...given} placeholder={t('tasks:try.empty')} />
}

/** The answer, big, with how sure it is. */
function Answer({ answer, target }: { answer: Prediction; target: string }) {
  const t = useWords('tasks')
  const said = useSaid()
  const format = useFormat()
  const row = answer.first[0]
  if (answer.state !== 'succeeded' || !row) {
    return (
      <div className="problem" role="alert">
        <div className="stack tight">
          <strong>{said(answer.why_zh, answer.why_en) ?? t('tasks:try.none')}</strong>
          {answer.message && <span>{answer.message}</span>}
        </div>
      </div>
    )
  }
  const value = row[1] ?? ''
  const number = answer.classes.length === 0
  const unread = Object.keys(answer.unread)
  return (
    <div className="stack tight appear">
      <span className="soft">{t('tasks:try.answer', { target })}</span>
      <span className="answer">{number ? format.significant(Number(value), 5) : value}</span>
      {number && answer.interval && (
        <span className="soft">
          {t('tasks:try.interval', {
            share: format.percent(answer.interval.share, 0),
            low: format.significant(Number(value) - answer.interval.off_by, 4),
            high: format.significant(Number(value) + answer.interval.off_by, 4),
          })}
        </span>
      )}
      {!number && <Chances classes={answer.classes} shares={row.slice(2).map(Number)} />}
      {unread.length > 0 && (
        <span className="state warn">{t('tasks:try.unread', { names: unread.join(', ') })}</span>
      )}
      {answer.charge_yuan != null && (
        <span className="faint small">
          {t('tasks:try.cost', { yuan: format.yuan(answer.charge_yuan) })}
        </span>
      )}
    </div>
  )
}

function Chances({ classes, shares }: { classes: string[]; shares: number[] }) {
  const t = useWords('tasks')
  const format = useFormat()
  const sorted = classes
    .map((name, index) => ({ name, share: shares[index] ?? 0 }))
    .sort((one, other) => other.share - one.share)
    .slice(0, 8)
  return (
    <div>
      <h3>{t('tasks:try.chances')}</h3>
      <div className="chances">
        {sorted.map(({ name, share }) => (
          <div key={name} style={{ display: 'contents' }}>
            <span>{name}</span>
            <meter min={0} max={1} value={share} aria-label={name} />
            <span className="number">{format.percent(share)}</span>
          </div>
        ))}
      </div>
    </div>
  )
}

function WholeTable({ task, solution }: { task: Schemas['TaskOut']; solution: string }) {
  const t = useWords('tasks')
  const said = useSaid()
  const [dataset, setDataset] = useState<string>()
  const { ask, answer, busy, error } = usePrediction(solution)
  const { data } = $api.useQuery('get', '/v1/datasets', { params: { query: { limit: 100 } } })
  return (
    <div className="stack">
      <p className="soft">{t('tasks:try.file_why')}</p>
      <div className="row">
        <Select
          aria-label={t('tasks:try.choose')}
          placeholder={t('tasks:try.choose')}
          style={{ minWidth: 260 }}
          value={dataset}
          onChange={setDataset}
          options={data?.items.map((each) => ({
            value: each.dataset_id,
            label: t('tasks:new.data_version', { name: each.name, version: each.version }),
          }))}
        />
        <Button
          disabled={!dataset}
          loading={busy}
          onClick={() => dataset && ask({ dataset_id: dataset })}
        >
          {t('tasks:try.go')}
        </Button>
        <Link to="/new">{t('tasks:try.upload')}</Link>
      </div>
      <div aria-live="polite" className="stack">
        <ProblemView error={error} />
        {answer?.state === 'succeeded' && (
          <>
            <div className="row between">
              <h3>{t('tasks:try.first', { count: Math.min(answer.first.length, SHOWN_ROWS) })}</h3>
              <Button
                type="primary"
                href={`/v1/predictions/${answer.prediction_id}/file`}
                download={`${task.target}.csv`}
              >
                {t('tasks:try.download')}
              </Button>
            </div>
            <DataTable
              label={t('tasks:try.file')}
              size="small"
              rows={answer.first.slice(0, SHOWN_ROWS).map((cells, key) => ({ key, cells }))}
              empty={<Empty title={t('tasks:try.none')} />}
              columns={answer.columns.map((name, index) => ({
                key: name,
                title: headOf(name, index),
                render: (_: unknown, row: { cells: string[] }) => row.cells[index],
              }))}
            />
          </>
        )}
        {answer && answer.state !== 'succeeded' && (
          <div className="problem" role="alert">
            <div className="stack tight">
              <strong>{said(answer.why_zh, answer.why_en)}</strong>
              <span>{answer.message}</span>
            </div>
          </div>
        )}
      </div>
    </div>
  )

  function headOf(name: string, index: number): string {
    if (index === 0) return t('tasks:try.row')
    if (index === 1) return task.target
    return name.replace(/^probability: /, '')
  }
}

const SHOWN_ROWS = 20
