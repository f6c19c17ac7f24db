import { DownloadOutlined } from '@ant-design/icons'
import { Button, Collapse } from 'antd'
import type { Schemas } from '../../api/client'
import { download } from '../../parts/download'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import './library.css'

type Given = Schemas['DeletionOut'] | Schemas['CheckedDeletionOut']

/** The certificate that data were forgotten; whether it still verifies, where that was asked. */
export function Certificate({ certificate }: { certificate: Given }) {
  const t = useWords('library')
  const format = useFormat()
  const checked = 'verified' in certificate ? certificate : null
  return (
    <div className="stack">
      <p>
        {t('library:certificate.what', {
          name: certificate.name,
          version: certificate.version,
          at: format.moment(certificate.deleted_at, true),
        })}
      </p>
      {checked && (
        <p>
          <span className={`state ${checked.verified ? 'good' : 'bad'}`}>
            {t(checked.verified ? 'library:certificate.holds' : 'library:certificate.broken')}
          </span>
          {checked.why && <span className="soft"> {checked.why}</span>}
        </p>
      )}
      {certificate.kept.length > 0 && (
        <p className="soft">{t('library:certificate.kept', { count: certificate.kept.length })}</p>
      )}
      <div className="row">
        <Button
          icon={<DownloadOutlined />}
          onClick={() =>
            download(`/v1/datasets/${certificate.dataset_id}/certificate`, `${certificate.id}.json`)
          }
        >
          {t('library:certificate.take')}
        </Button>
      </div>
      <Collapse
        ghost
        size="small"
        items={[
          {
            key: 'check',
            label: t('library:certificate.check'),
            children: (
              <dl className="evidence">
                {(
                  [
                    ['number', certificate.id],
                    ['place', String(certificate.sequence)],
                    ['file', certificate.sha256],
                    ['link', certificate.link],
                    ['before', certificate.previous],
                  ] as const
                ).map(([name, value]) => (
                  <div key={name}>
                    <dt>{t(`library:certificate.${name}`)}</dt>
                    <dd className="mono">{value}</dd>
                  </div>
                ))}
              </dl>
            ),
          },
        ]}
      />
    </div>
  )
}
