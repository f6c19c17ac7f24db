import { App } from 'antd'
import { $api, refresh } from '../../api/client'
import { asProblem } from '../../api/problem'
import { useProblemWords } from '../../parts/ProblemView'
import { useWords } from '../../words'

/** Stop a job after saying what will happen. */
export function useStop() {
  const t = useWords('run')
  const words = useProblemWords()
  const { modal, message } = App.useApp()
  const stop = $api.useMutation('post', '/v1/jobs/{job_id}/stop')
  return (id: string) =>
    modal.confirm({
      title: t('run:job.stop_ask', { id: id.slice(-8) }),
      content: t('run:job.stop_why'),
      okText: t('run:job.stop'),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await stop.mutateAsync({ params: { path: { job_id: id } } })
          message.success(t('run:job.stopping'))
          refresh('/v1/jobs/{job_id}', '/v1/jobs', '/v1/queue')
        } catch (error) {
          const { what, todo } = words(asProblem(error))
          message.error(`${what} ${todo}`)
        }
      },
    })
}
