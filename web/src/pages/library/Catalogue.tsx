import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
import { $api, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { Empty } from '../../parts/Empty'
import { Loading } from '../../parts/Loading'
import { Page } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Quality } from '../../parts/Quality'
import { useFormat } from '../../parts/useFormat'
import { useTakeSample } from '../../parts/useTakeSample'
import { useSaid, useWords } from '../../words'
import './library.css'

type Offered = Schemas['OfferedOut']

/** What can be had here, on three shelves: methods, tables to begin with, computing itself. */
export default function Catalogue() {
  const t = useWords('library')
  const said = useSaid()
  const may = useMay()
  const go = useNavigate()
  const { data, error, refetch } = $api.useQuery('get', '/v1/catalogue')
  const sample = useTakeSample()
  const ask = (
    <Button type="primary" onClick={() => go('/new')}>
      {t('library:catalogue.try')}
    </Button>
  )
  return (
    <Page
      title={t('library:nav.catalogue')}
      lead={t('library:catalogue.lead')}
      actions={may('work') && ask}
    >
      <ProblemView error={error} again={() => refetch()} />
      {!data && !error && <Loading rows={8} />}
      {data && (
        <>
          <Shelf name="methods" items={data.algorithms}>
            {(each) => (
              <Card
                key={each.item}
                offered={each}
                title={
                  <Link to={`/catalogue/${each.item}`}>{said(each.title_zh, each.title_en)}</Link>
                }
              />
            )}
          </Shelf>
          <ProblemView error={sample.error} />
          <Shelf name="tables" items={data.data}>
            {(each) => (
              <Card key={each.item} offered={each} title={said(each.title_zh, each.title_en)}>
                {may('work') && (
                  <Button
                    size="small"
                    disabled={sample.isPending}
                    onClick={() => sample.take(each.item)}
                  >
                    {t('library:catalogue.take')}
                  </Button>
                )}
              </Card>
            )}
          </Shelf>
          <Shelf name="computing" items={data.compute}>
            {(each) => (
              <Card
                key={`${each.item}${each.simulated}`}
                offered={each}
                title={said(each.title_zh, each.title_en)}
              />
            )}
          </Shelf>
        </>
      )}
    </Page>
  )
}

function Shelf({
  name,
  items,
  children,
}: {
  name: 'methods' | 'tables' | 'computing'
  items: Offered[]
  children: (each: Offered) => ReactNode
}) {
  const t = useWords('library')
  return (
    <section className="stack">
      <h2>{t(`library:catalogue.${name}`)}</h2>
      {items.length === 0 ? (
        <Empty title={t('library:catalogue.none')} />
      ) : (
        <div className="grid">{items.map(children)}</div>
      )}
    </section>
  )
}

/** One item: what it is, what it costs, whether it is there; what is agreed lies one step deeper. */
function Card({
  offered,
  title,
  children,
}: {
  offered: Offered
  title: ReactNode
  children?: ReactNode
}) {
  const t = useWords('library')
  const said = useSaid()
  return (
    <article className="column-card">
      <div className="row between">
        <h3>{title}</h3>
        <Quality word={offered.simulated ? 'simulated' : null} />
      </div>
      <p className="soft">{said(offered.about_zh, offered.about_en)}</p>
      <p>
        <Price offered={offered} />
      </p>
      <div className="row between card-foot">
        <span className={offered.available ? 'state good' : 'state warn'}>
          {said(offered.availability_zh, offered.availability_en)}
        </span>
        {children}
      </div>
      <details className="small soft">
        <summary>{t('library:catalogue.terms')}</summary>
        <p>{said(offered.terms_zh, offered.terms_en)}</p>
      </details>
    </article>
  )
}

/** The price of most people, or from what on; a price of nothing is said in a word. */
function Price({ offered }: { offered: Offered }) {
  const t = useWords('library')
  const said = useSaid()
  const format = useFormat()
  const price = offered.prices.find((each) => each.of === 'standard') ?? offered.prices[0]
  if (!price) return null
  const unit = said(price.unit_zh, price.unit_en)
  const { low_yuan: low, high_yuan: high } = price
  if (Number(high) === 0) return <b>{unit}</b>
  return (
    <>
      <b>
        {low === high
          ? format.yuan(low)
          : t('library:catalogue.between', { low: format.yuan(low), high: format.yuan(high) })}
      </b>{' '}
      <span className="soft small">{unit}</span>
    </>
  )
}
