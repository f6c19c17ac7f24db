import { Form, Input, InputNumber, Select, Tabs } from 'antd'
import { useState } from 'react'
import { $api } from '../../api/client'
import { useWords } from '../../words'
import { CHOICES, type PolicyWish, policyText } from './whatIf'
import './run.css'

const SECONDS = ['minimum_run_s', 'patience_s', 'grace_s'] as const

/** Other rules: the usual ones in a form, all of them as text, from those in force on. */
export function PolicyForm({ onText }: { onText: (text: string) => void }) {
  const t = useWords('run')
  const [text, setText] = useState<string>()
  const [wish, setWish] = useState<PolicyWish>({})
  const { data } = $api.useQuery('get', '/v1/policy')
  const today = data?.text ?? ''
  const written = text ?? policyText(today, wish)
  const choose = (changed: PolicyWish) => {
    const all = { ...wish, ...changed }
    setWish(all)
    setText(undefined)
    onText(policyText(today, all))
  }
  const form = (
    <Form layout="vertical" component="div">
      <div className="fields">
        {(Object.keys(CHOICES) as (keyof typeof CHOICES)[]).map((name) => (
          <Form.Item key={name} label={t(`run:policy.${name}.name`)} htmlFor={`policy-${name}`}>
            <Select
              id={`policy-${name}`}
              allowClear
              placeholder={data ? t(`run:policy.${name}.${data[name]}`) : t('run:policy.as_today')}
              value={wish[name] ?? null}
              onChange={(value: string | null) => choose({ [name]: value ?? undefined })}
              popupMatchSelectWidth={false}
              options={CHOICES[name].map((value) => ({
                value,
                label: t(`run:policy.${name}.${value}`),
              }))}
            />
          </Form.Item>
        ))}
        {SECONDS.map((name) => (
          <Form.Item key={name} label={t(`run:policy.${name}`)} htmlFor={`policy-${name}`}>
            <InputNumber
              id={`policy-${name}`}
              min={0}
              style={{ width: '100%' }}
              placeholder={data?.[name]?.toString() ?? t('run:policy.as_today')}
              value={wish[name] ?? null}
              onChange={(value: number | null) => choose({ [name]: value ?? undefined })}
              suffix={t('run:seconds')}
            />
          </Form.Item>
        ))}
      </div>
    </Form>
  )
  return (
    <Tabs
      items={[
        { key: 'form', label: t('run:policy.form'), children: form },
        {
          key: 'text',
          label: t('run:policy.text'),
          children: (
            <Input.TextArea
              aria-label={t('run:policy.text')}
              className="mono"
              autoSize={{ minRows: 8, maxRows: 20 }}
              value={written}
              onChange={(event) => {
                setText(event.target.value)
                onText(event.target.value)
              }}
            />
          ),
        },
      ]}
    />
  )
}
