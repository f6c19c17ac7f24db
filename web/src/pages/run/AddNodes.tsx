import { App, Form, Input, InputNumber, Modal, Select, Switch } from 'antd'
import { $api, refresh, type Schemas } from '../../api/client'
import { ProblemView } from '../../parts/ProblemView'
import { useWords } from '../../words'
import './run.css'

type Kind = Schemas['DeclaredDevice']['kind']

interface Wanted {
  name: string
  count: number
  cores: number
  memory_gb: number
  rack: string
  with: boolean
  kind: Kind
  vendor: string
  model: string
  device_gb: number
  devices: number
}

const FIRST: Wanted = {
  name: 'sim',
  count: 4,
  cores: 64,
  memory_gb: 256,
  rack: '',
  with: true,
  kind: 'npu',
  vendor: 'Ascend',
  model: '910B',
  device_gb: 64,
  devices: 8,
}

/** Simulated nodes join the pool while the centre runs; real ones it finds by itself. */
export function AddNodes({ onClose }: { onClose: () => void }) {
  const t = useWords('run')
  const { message } = App.useApp()
  const [form] = Form.useForm<Wanted>()
  const withDevices = Form.useWatch('with', form) ?? FIRST.with
  const add = $api.useMutation('post', '/v1/nodes')
  const submit = async (wanted: Wanted) => {
    const { count } = await add.mutateAsync({ body: bodyOf(wanted) })
    message.success(t('run:add.done', { count }))
    refresh('/v1/nodes', '/v1/board')
    onClose()
  }
  const number = (name: keyof Wanted, least: number, most: number, unit?: string) => (
    <Form.Item name={name} label={t(`run:add.${name}`)} rules={[{ required: true }]}>
      <InputNumber
        min={least}
        max={most}
        style={{ width: '100%' }}
        {...(unit ? { suffix: unit } : {})}
      />
    </Form.Item>
  )
  const text = (name: keyof Wanted, required: boolean) => (
    <Form.Item name={name} label={t(`run:add.${name}`)} rules={[{ required }]}>
      <Input maxLength={60} />
    </Form.Item>
  )
  return (
    <Modal
      open
      title={t('run:add.title')}
      okText={t('run:add.do')}
      confirmLoading={add.isPending}
      onOk={form.submit}
      onCancel={onClose}
      width={620}
    >
      <div className="stack">
        <p className="soft">{t('run:add.why')}</p>
        <ProblemView error={add.error} />
        <Form<Wanted>
          form={form}
          layout="vertical"
          initialValues={FIRST}
          requiredMark={false}
          onFinish={(wanted) => submit(wanted).catch(() => undefined)}
        >
          <div className="fields">
            {text('name', true)}
            {number('count', 1, 10_000)}
            {text('rack', false)}
            {number('cores', 1, 4096)}
            {number('memory_gb', 1, 90_000, 'GiB')}
          </div>
          <Form.Item name="with" label={t('run:add.with')} valuePropName="checked">
            <Switch />
          </Form.Item>
          {withDevices && (
            <div className="fields">
              <Form.Item name="kind" label={t('run:add.kind')}>
                <Select
                  options={['gpu', 'npu', 'fpga', 'asic'].map((value) => ({
                    value,
                    label: value.toUpperCase(),
                  }))}
                />
              </Form.Item>
              {text('vendor', true)}
              {text('model', true)}
              {number('device_gb', 1, 90_000, 'GiB')}
              {number('devices', 1, 1024)}
            </div>
          )}
        </Form>
      </div>
    </Modal>
  )
}

function bodyOf(wanted: Wanted): Schemas['DeclaredNode'] {
  return {
    name: wanted.name,
    count: wanted.count,
    cores: wanted.cores,
    memory_mb: wanted.memory_gb * 1024,
    rack: wanted.rack ?? '',
    simulated: true,
    device: wanted.with
      ? [
          {
            kind: wanted.kind,
            vendor: wanted.vendor,
            model: wanted.model,
            memory_mb: wanted.device_gb * 1024,
            count: wanted.devices,
          },
        ]
      : [],
  }
}
