import { useWords } from '../words'
import './parts.css'

const TONES: Record<string, 'good' | 'busy' | 'warn' | 'bad' | ''> = {
  offered: '',
  queued: 'warn',
  starting: 'busy',
  running: 'busy',
  wrapping: 'busy',
  solved: 'good',
  succeeded: 'good',
  failed: 'bad',
  cancelled: '',
  ready: 'good',
  draining: 'warn',
  down: 'bad',
}

/** A state in words with the colour of its kind; states of jobs, tasks, nodes, results. */
export function State({ of }: { of: string }) {
  const t = useWords()
  return <span className={`state ${TONES[of] ?? ''}`}>{t(`parts:state.${of}`)}</span>
}
