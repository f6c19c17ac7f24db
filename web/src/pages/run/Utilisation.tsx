import { DownloadOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useState } from 'react'
import { $api, api } from '../../api/client'
import { asProblem } from '../../api/problem'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView, useProblemWords } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { ByHour, ByTenant } from './Breakdowns'
import { Rates } from './Rates'
import { recordsCsv, takeAway } from './recordsCsv'
import { SpanChoice } from './SpanChoice'
import { useSpan } from './useSpan'
import './run.css'

/** How well the pool is used: five rates, over a span of time, by kind, tenant and hour. */
export default function Utilisation() {
  const t = useWords('run')
  const format = useFormat()
  const span = useSpan('7d')
  const query = { since: span.since, until: span.until }
  const { data, error, refetch } = $api.useQuery('get', '/v1/utilisation', { params: { query } })
  return (
    <Page
      wide
      title={t('run:utilisation.title')}
      lead={t('run:utilisation.lead')}
      actions={<Export query={query} />}
    >
      <SpanChoice span={span} />
      <Panel
        title={t('run:utilisation.rates')}
        extra={
          data && (
            <span className="small soft">
              {format.moment(data.since)} – {format.moment(data.until)}
            </span>
          )
        }
      >
        {error ? (
          <ProblemView error={error} again={refetch} />
        ) : data ? (
          <div className="stack">
            <Rates kinds={data.kinds} label={t('run:utilisation.rates')} />
            <p className="small soft">
              {t('run:utilisation.level', { code: data.application_level })}
            </p>
          </div>
        ) : (
          <Loading />
        )}
      </Panel>
      <ByHour span={query} />
      <ByTenant span={query} />
    </Page>
  )
}

/** The intervals that the rates are counted from, so that anybody can count them by hand. */
function Export({ query }: { query: { since: string; until: string } }) {
  const t = useWords('run')
  const words = useProblemWords()
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const take = async () => {
    setBusy(true)
    try {
      const { data } = await api.GET('/v1/utilisation/records', { params: { query } })
      if (data) takeAway(recordsCsv(data), `utilisation-${query.since.slice(0, 10)}.csv`)
    } catch (error) {
      message.error(words(asProblem(error)).what)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button type="primary" icon={<DownloadOutlined />} loading={busy} onClick={take}>
      {t('run:utilisation.export')}
    </Button>
  )
}
