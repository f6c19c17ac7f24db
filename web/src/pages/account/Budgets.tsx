import { App, Button, Form, InputNumber, Progress, Select } from 'antd'
import { useState } from 'react'
import { $api, refresh } from '../../api/client'
import { useMay } from '../../api/session'
import { Empty } from '../../parts/Empty'
import { FormModal } from '../../parts/FormModal'
import { Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'

/** The most that may be spent in a month; beyond it nothing new begins. */
export function Budgets() {
  const t = useWords('account')
  const format = useFormat()
  const may = useMay()
  const [open, setOpen] = useState(false)
  const { data, error, refetch } = $api.useQuery('get', '/v1/account')
  const projects = useProjects()
  const change = $api.useMutation('post', '/v1/budgets', {
    onSuccess: () => refresh('/v1/account'),
  })
  const { message } = App.useApp()
  if (error) return <ProblemView error={error} again={() => refetch()} />
  const named = (id: string | null) =>
    id
      ? (projects.find((each) => each.project_id === id)?.name ?? id)
      : t('account:budgets.everything')
  return (
    <Panel
      title={t('account:budgets.title')}
      extra={
        may('manage') && (
          <Button type="primary" onClick={() => setOpen(true)}>
            {t('account:budgets.set')}
          </Button>
        )
      }
    >
      {data?.budgets.length === 0 && (
        <Empty title={t('account:budgets.none')}>{t('account:budgets.none_why')}</Empty>
      )}
      <div className="stack">
        {data?.budgets.map((budget) => (
          <div key={budget.project ?? ''} className="row">
            <div className="grow">
              <b>{named(budget.project)}</b>
              <Progress
                aria-label={named(budget.project)}
                percent={Math.min(
                  100,
                  Math.round(
                    (100 * Number(budget.committed_yuan)) / Number(budget.month_yuan) || 0,
                  ),
                )}
                status={Number(budget.left_yuan) <= 0 ? 'exception' : 'normal'}
              />
              <span className="soft small">
                {t('account:budgets.used', {
                  used: format.yuan(budget.committed_yuan),
                  most: format.yuan(budget.month_yuan),
                })}
              </span>
            </div>
            {may('manage') && (
              <Button
                onClick={() =>
                  change.mutate(
                    { body: { project: budget.project ?? '', month_yuan: null } },
                    {
                      onSuccess: () => {
                        const key = `budget-${budget.project}`
                        message.open({
                          key,
                          type: 'success',
                          duration: 6,
                          content: (
                            <>
                              {t('account:budgets.gone')}{' '}
                              <Button
                                type="link"
                                size="small"
                                onClick={() => {
                                  message.destroy(key)
                                  change.mutate({
                                    body: {
                                      project: budget.project ?? '',
                                      month_yuan: budget.month_yuan,
                                    },
                                  })
                                }}
                              >
                                {t('parts:undo')}
                              </Button>
                            </>
                          ),
                        })
                      },
                    },
                  )
                }
              >
                {t('account:budgets.remove')}
              </Button>
            )}
          </div>
        ))}
      </div>
      <ProblemView error={change.error} />
      <BudgetForm open={open} close={() => setOpen(false)} />
    </Panel>
  )
}

function useProjects() {
  const { data } = $api.useQuery('get', '/v1/projects', { params: { query: { limit: 200 } } })
  return data?.items.filter((each) => !each.closed_at) ?? []
}

function BudgetForm({ open, close }: { open: boolean; close: () => void }) {
  const t = useWords('account')
  const projects = useProjects()
  const { mutate, error, isPending } = $api.useMutation('post', '/v1/budgets', {
    onSuccess: () => {
      refresh('/v1/account')
      close()
    },
  })
  return (
    <FormModal<{ project: string; month_yuan: number }>
      open={open}
      close={close}
      title={t('account:budgets.set')}
      submit={t('parts:save')}
      busy={isPending}
      error={error}
      initialValues={{ project: '' }}
      onFinish={(entered) =>
        mutate({ body: { ...entered, month_yuan: String(entered.month_yuan) } })
      }
    >
      <Form.Item name="project" label={t('account:budgets.for')}>
        <Select
          options={[
            { value: '', label: t('account:budgets.everything') },
            ...projects.map((each) => ({ value: each.project_id, label: each.name })),
          ]}
        />
      </Form.Item>
      <Form.Item
        name="month_yuan"
        label={t('account:budgets.month')}
        rules={[{ required: true, message: t('account:need') }]}
      >
        <InputNumber min={0} max={1e9} precision={2} prefix="¥" style={{ width: '100%' }} />
      </Form.Item>
    </FormModal>
  )
}
