import { Button, Modal } from 'antd'
import { $api, refresh, type Schemas } from '../../api/client'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { Certificate } from './Certificate'

interface ForgetProps {
  dataset: Pick<Schemas['DatasetOut'], 'dataset_id' | 'name' | 'version' | 'rows'>
  close: () => void
}

/** Forget a dataset: first what will happen, then the certificate that it did. */
export function Forget({ dataset, close }: ForgetProps) {
  const t = useWords('library')
  const format = useFormat()
  const { mutate, isPending, error, data } = $api.useMutation(
    'delete',
    '/v1/datasets/{dataset_id}',
    { onSuccess: () => refresh('/v1/datasets') },
  )
  const leave = () => {
    close()
    if (data) refresh('/v1/datasets/{dataset_id}', '/v1/datasets/{dataset_id}/certificate')
  }
  return (
    <Modal
      open
      onCancel={leave}
      title={data ? t('library:forget.done') : t('library:forget.title', { name: dataset.name })}
      footer={
        data ? (
          <Button type="primary" onClick={leave}>
            {t('parts:close')}
          </Button>
        ) : (
          <>
            <Button onClick={leave}>{t('library:forget.keep')}</Button>
            <Button
              danger
              type="primary"
              loading={isPending}
              onClick={() => mutate({ params: { path: { dataset_id: dataset.dataset_id } } })}
            >
              {t('library:forget.do')}
            </Button>
          </>
        )
      }
    >
      {data ? (
        <Certificate certificate={data} />
      ) : (
        <div className="stack">
          <p>
            {t('library:forget.what', {
              version: dataset.version,
              rows: format.number(dataset.rows),
            })}
          </p>
          <ul className="plain-list">
            <li>{t('library:forget.results')}</li>
            <li>{t('library:forget.questions')}</li>
            <li>{t('library:forget.proof')}</li>
          </ul>
          <ProblemView error={error} />
        </div>
      )}
    </Modal>
  )
}
