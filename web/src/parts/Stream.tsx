import { useWords } from '../words'
import './parts.css'

export const STEPS = ['data', 'goal', 'progress', 'result'] as const
export type Step = (typeof STEPS)[number]

/** 带数据来 → 选目标 → 看进度 → 取成果: where one is on the way; without `now` it only explains. */
export function Stream({ now, done = false }: { now?: Step; done?: boolean }) {
  const t = useWords()
  const at = now ? STEPS.indexOf(now) : -1
  const kind = (index: number) =>
    at < 0 ? '' : done || index < at ? 'done' : index === at ? 'now' : ''
  return (
    <ol className="stream">
      {STEPS.map((step, index) => (
        <li
          key={step}
          className={kind(index)}
          aria-current={index === at && !done ? 'step' : undefined}
        >
          <b>{t(`parts:stream.${step}`)}</b>
          <span>{t(`parts:stream.${step}_why`)}</span>
        </li>
      ))}
    </ol>
  )
}
