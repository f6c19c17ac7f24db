import { Time } from '../../parts/Time'
import { useFormat } from '../../parts/useFormat'
import { useWords } from '../../words'
import { gib } from './gib'
import type { Job } from './jobs'
import './run.css'

/** What a job asks for, on each of its nodes. */
export function JobRequest({ job }: { job: Job }) {
  const t = useWords('run')
  const format = useFormat()
  const { request } = job
  const device = (kind: string, milli: number, model: string) =>
    `${format.number(milli / 1000, 3)} × ${kind.toUpperCase()}${model ? ` (${model})` : ''}`
  return (
    <dl className="facts">
      <dt>{t('run:job.algorithm')}</dt>
      <dd>
        {job.algorithm} {job.version}
      </dd>
      <dt>{t('run:job.nodes')}</dt>
      <dd>
        {request.most_nodes > request.nodes
          ? t('run:job.nodes_elastic', { least: request.nodes, most: request.most_nodes })
          : format.number(request.nodes)}
        {request.nodes > 1 && ` · ${t(`run:together.${request.together}`)}`}
      </dd>
      <dt>{t('run:job.per_node')}</dt>
      <dd>
        {t('run:job.cores', { count: request.cpu_milli / 1000 })} · {gib(request.memory_mb, format)}
      </dd>
      {request.any_of.length > 0 && (
        <>
          <dt>{t('run:job.any_of')}</dt>
          <dd>
            {request.any_of.map((each) => (
              <div key={`${each.kind} ${each.milli} ${each.model}`}>
                {device(each.kind, each.milli, each.model)}
              </div>
            ))}
          </dd>
        </>
      )}
      {job.not_before && (
        <>
          <dt>{t('run:job.not_before')}</dt>
          <dd>
            <Time at={job.not_before} exact />
          </dd>
        </>
      )}
      {job.finish_by && (
        <>
          <dt>{t('run:job.finish_by')}</dt>
          <dd>
            <Time at={job.finish_by} exact />
            {job.green && ` · ${t('run:job.green')}`}
          </dd>
        </>
      )}
    </dl>
  )
}
