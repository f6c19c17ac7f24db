import { Button, Form, Modal } from 'antd'
import type { ReactNode } from 'react'
import { ProblemView } from './ProblemView'

interface FormModalProps<Values> {
  open: boolean
  close: () => void
  title: ReactNode
  /** What stands on the button that does it. */
  submit: string
  onFinish: (entered: Values) => void
  busy: boolean
  error: unknown
  initialValues?: object
  width?: number
  children: ReactNode
}

/** A form of one step in a window of its own: fields, what went wrong, one button. */
export function FormModal<Values extends object>({
  open,
  close,
  title,
  submit,
  onFinish,
  busy,
  error,
  initialValues,
  width,
  children,
}: FormModalProps<Values>) {
  return (
    <Modal open={open} onCancel={close} footer={null} title={title} width={width} destroyOnHidden>
      <Form<Values>
        layout="vertical"
        {...(initialValues ? { initialValues } : {})}
        onFinish={onFinish}
      >
        {children}
        <ProblemView error={error} />
        <Button type="primary" htmlType="submit" loading={busy}>
          {submit}
        </Button>
      </Form>
    </Modal>
  )
}
