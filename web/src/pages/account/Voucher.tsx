import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { $api, refresh, type Schemas } from '../../api/client'
import { useMay } from '../../api/session'
import { Figure } from '../../parts/Figure'
import { Loading } from '../../parts/Loading'
import { Page, Panel } from '../../parts/Page'
import { ProblemView } from '../../parts/ProblemView'
import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useSaid, useWords } from '../../words'

type Whole = Schemas['WholeVoucherOut']
type MoveName = Whole['yours'][number]

/** What a move wants to be told; the centre refuses what is missing in one sentence. */
const ASKS: Partial<Record<MoveName, 'note' | 'contract'>> = {
  return: 'note',
  refuse: 'note',
  revoke: 'note',
  claw_back: 'note',
  pay: 'note',
  verify: 'note',
  bind: 'contract',
}

/** One voucher: what it is worth, what happened, what can happen next. */
export default function Voucher() {
  const t = useWords('account')
  const format = useFormat()
  const may = useMay()
  const { id = '' } = useParams()
  const { data, error, refetch } = $api.useQuery('get', '/v1/vouchers/{voucher_id}', {
    params: { path: { voucher_id: id } },
  })
  return (
    <Page
      title={
        data ? t('account:voucher.title', { contract: data.contract }) : t('account:vouchers.title')
      }
      lead={data ? t(`account:voucher.lead.${data.state}`) : undefined}
      trail={[
        may('operate', 'see_records')
          ? { label: t('account:vouchers.all'), to: '/ops/vouchers' }
          : { label: t('account:vouchers.title'), to: '/vouchers' },
      ]}
      actions={data && <Moves voucher={data} />}
    >
      <ProblemView error={error} again={() => refetch()} />
      {!data && !error && <Loading />}
      {data && (
        <>
          <Panel>
            <div className="grid figures">
              <Figure
                label={t('account:vouchers.state')}
                value={t(`account:voucher.state.${data.state}`)}
              />
              <Figure
                label={t('account:vouchers.granted')}
                value={format.yuan(data.granted_yuan)}
              />
              <Figure label={t('account:vouchers.left')} value={format.yuan(data.left_yuan)} />
              <Figure label={t('account:voucher.used')} value={format.yuan(data.used_yuan)} />
              <Figure
                label={t('account:voucher.redeemed')}
                value={format.yuan(data.redeemed_yuan)}
              />
              {Number(data.owed_yuan) > 0 && (
                <Figure label={t('account:voucher.owed')} value={format.yuan(data.owed_yuan)} />
              )}
            </div>
          </Panel>
          {data.assessment && <Assessment found={data.assessment} />}
          <Panel
            title={t('account:voucher.story')}
            extra={
              <Button href={`/v1/vouchers/${id}/evidence`} download>
                {t('account:voucher.evidence')}
              </Button>
            }
          >
            <ol className="moves">
              {data.moves.map((each) => (
                <li key={String(each.seq)}>
                  <b>{t(`account:voucher.move.${each.move}`)}</b>{' '}
                  <Time at={String(each.at)} exact />
                  {noteOf(each) && <div className="soft">{noteOf(each)}</div>}
                </li>
              ))}
            </ol>
          </Panel>
        </>
      )}
    </Page>
  )
}

function noteOf(move: Record<string, unknown>): string {
  const facts = move.facts as Record<string, unknown> | undefined
  return String(facts?.note ?? move.note ?? '')
}

function Assessment({ found }: { found: NonNullable<Whole['assessment']> }) {
  const t = useWords('account')
  const said = useSaid()
  const format = useFormat()
  return (
    <Panel
      title={t(found.eligible ? 'account:voucher.comes_to' : 'account:voucher.not_met')}
      extra={found.eligible && <b>{format.yuan(found.amount_yuan)}</b>}
    >
      <ul>
        {(found.eligible ? found.steps : found.refusals).map((each) => (
          <li key={each.name + each.en}>{said(each.zh, each.en)}</li>
        ))}
      </ul>
    </Panel>
  )
}

function Moves({ voucher }: { voucher: Whole }) {
  const t = useWords('account')
  const [asked, setAsked] = useState<MoveName | null>(null)
  const { mutate, error, isPending, reset } = $api.useMutation(
    'post',
    '/v1/vouchers/{voucher_id}/moves',
    {
      onSuccess: () => {
        refresh('/v1/vouchers', '/v1/vouchers/{voucher_id}', '/v1/voucher-programmes')
        setAsked(null)
      },
    },
  )
  const act = (move: MoveName, entered: { note?: string; contract?: string }) =>
    mutate({
      params: { path: { voucher_id: voucher.voucher_id } },
      body: { move, note: entered.note ?? '', contract: entered.contract ?? null, documents: [] },
    })
  const field = asked ? ASKS[asked] : undefined
  return (
    <>
      {voucher.yours.map((move, index) => (
        <Button
          key={move}
          type={index === 0 ? 'primary' : 'default'}
          onClick={() => setAsked(move)}
        >
          {t(`account:voucher.do.${move}`)}
        </Button>
      ))}
      <Modal
        open={asked !== null}
        title={asked && t(`account:voucher.do.${asked}`)}
        footer={null}
        destroyOnHidden
        onCancel={() => {
          setAsked(null)
          reset()
        }}
      >
        {asked && (
          <Form<{ note?: string; contract?: string }>
            layout="vertical"
            initialValues={{ contract: voucher.contract }}
            onFinish={(entered) => act(asked, entered)}
          >
            <p className="soft">{t(`account:voucher.will.${asked}`)}</p>
            {field === 'contract' && (
              <Form.Item name="contract" label={t('account:vouchers.contract')}>
                <Input />
              </Form.Item>
            )}
            <Form.Item
              name="note"
              label={t('account:voucher.note')}
              rules={field === 'note' ? [{ required: true, message: t('account:need') }] : []}
            >
              <Input.TextArea rows={3} maxLength={1000} />
            </Form.Item>
            <ProblemView error={error} />
            <Button type="primary" htmlType="submit" loading={isPending}>
              {t(`account:voucher.do.${asked}`)}
            </Button>
          </Form>
        )}
      </Modal>
    </>
  )
}
