import { Button } from 'antd'
import { $api } from '../../api/client'
import { DataTable } from '../../parts/DataTable'
import { Empty } from '../../parts/Empty'
import { Panel } from '../../parts/Page'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'

/** Everything that can be taken away, each file in words, and how it is used elsewhere. */
export function Take({ solution }: { solution: string }) {
  const t = useWords('tasks')
  const said = useSaid()
  const format = useFormat()
  const { data, error, refetch } = $api.useQuery('get', '/v1/solutions/{solution_id}/files', {
    params: { path: { solution_id: solution } },
  })
  return (
    <div className="stack">
      <Panel
        title={t('tasks:take.all')}
        extra={
          <Button type="primary" size="large" href={`/v1/solutions/${solution}/archive`} download>
            {t('tasks:take.zip')}
          </Button>
        }
      >
        <p className="soft">{t('tasks:take.all_why')}</p>
        <details>
          <summary>{t('tasks:take.how')}</summary>
          <ol>
            <li>{t('tasks:take.step.unpack')}</li>
            <li>
              {t('tasks:take.step.install')}{' '}
              <code className="mono">pip install -r requirements.txt</code>
            </li>
            <li>
              {t('tasks:take.step.predict')} <code className="mono">python predict.py new.csv</code>
            </li>
          </ol>
        </details>
      </Panel>
      <Panel title={t('tasks:take.each')} flush>
        <DataTable
          label={t('tasks:take.each')}
          rows={data?.items}
          error={error}
          again={() => refetch()}
          rowKey="path"
          empty={<Empty title={t('tasks:take.none')} />}
          columns={[
            {
              title: t('tasks:take.file'),
              render: (_, each) => (
                <a href={`/v1/solutions/${solution}/files/${each.path}`} download>
                  {each.path}
                </a>
              ),
            },
            { title: t('tasks:take.what'), render: (_, each) => said(each.zh, each.en) },
            {
              title: t('tasks:take.size'),
              align: 'right',
              render: (_, each) => format.bytes(each.bytes),
            },
          ]}
        />
      </Panel>
    </div>
  )
}
