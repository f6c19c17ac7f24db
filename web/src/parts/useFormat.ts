import { useMemo } from 'react'
import { useLanguage } from '../words'
import * as format from './format'

/** Numbers as the spoken language writes them. */
export function useFormat() {
  const language = useLanguage()
  return useMemo(
    () => ({
      number: (value: number, digits?: number) => format.number(value, language, digits),
      significant: (value: number, digits?: number) => format.significant(value, language, digits),
      yuan: (value: string | number, exact?: boolean) => format.yuan(value, language, exact),
      percent: (share: number, digits?: number) => format.percent(share, language, digits),
      energy: (wh: number) => format.energy(wh, language),
      carbon: (grams: number) => format.carbon(grams, language),
      bytes: (count: number) => format.bytes(count, language),
      duration: (seconds: number) => format.duration(seconds, language),
      moment: (at: string | number | Date, seconds?: boolean) =>
        format.moment(at, language, seconds),
      ago: (at: string) => format.ago(at, language),
    }),
    [language],
  )
}
