import { DownloadOutlined, PrinterOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useParams } from 'react-router'
import { $api } from '../../api/client'
import { useMay } from '../../api/session'
import { download } from '../../parts/download'
import { Loading } from '../../parts/Loading'
import { Page } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useWords } from '../../words'
import { AlgorithmBlock } from './AlgorithmBlock'
import { ComputeBlock } from './ComputeBlock'
import { EnergyBlock } from './EnergyBlock'
import { MoneyBlock } from './MoneyBlock'
import { Proofs } from './Proofs'
import { ReceiptHead } from './ReceiptHead'
import { ResultBlock } from './ResultBlock'
import './library.css'
import './receipt.css'

/** One record that links result, algorithm, compute, energy and money; each block a click deeper. */
export default function Receipt() {
  const t = useWords('library')
  const may = useMay()
  const { id = '' } = useParams()
  const { data, error, refetch } = $api.useQuery('get', '/v1/receipts/{solution_id}', {
    params: { path: { solution_id: id } },
  })
  const trail = may('see_own')
    ? [
        { label: t('library:nav.results'), to: '/results' },
        { label: t('library:result.one'), to: `/results/${id}` },
      ]
    : undefined
  return (
    <Page
      title={t('library:receipt.title')}
      lead={t('library:receipt.lead')}
      {...(trail ? { trail } : {})}
      actions={
        <>
          <Button
            icon={<DownloadOutlined />}
            disabled={!data}
            onClick={() => download(`/v1/receipts/${id}`, `${id}.json`)}
          >
            {t('library:receipt.file')}
          </Button>
          <Button
            type="primary"
            icon={<PrinterOutlined />}
            disabled={!data}
            onClick={() => window.print()}
          >
            {t('library:receipt.print')}
          </Button>
        </>
      }
    >
      {error != null && <ProblemView error={error} again={() => refetch()} />}
      {!data && !error && <Loading rows={12} />}
      {data && (
        <article className="receipt appear" aria-label={t('library:receipt.title')}>
          <ReceiptHead receipt={data} />
          <ol className="receipt-blocks">
            <ResultBlock receipt={data} />
            <AlgorithmBlock receipt={data} />
            <ComputeBlock receipt={data} />
            <EnergyBlock receipt={data} />
            <MoneyBlock receipt={data} />
          </ol>
          <Proofs receipt={data} />
        </article>
      )}
    </Page>
  )
}
