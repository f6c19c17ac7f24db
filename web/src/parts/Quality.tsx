import { useWords } from '../words'

export type QualityWord = 'measured' | 'modelled' | 'assumed' | 'simulated'

/** How a number came to be, beside the number. */
export function Quality({ word }: { word: string | null | undefined }) {
  const t = useWords()
  if (!word) return null
  return (
    <span className={`quality ${word}`} title={t(`parts:quality.${word}_why`)}>
      {t(`parts:quality.${word}`)}
    </span>
  )
}
