import type { Language } from '../words'

const LOCALE: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' }

/** To make a formatter takes longer than to use it hundreds of times, so each is kept. */
const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>()

function numbers(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return keep(`number ${language} ${JSON.stringify(options)}`, () => {
    return new Intl.NumberFormat(LOCALE[language], options)
  })
}

function keep<Made extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  name: string,
  make: () => Made,
): Made {
  const there = (kept.get(name) as Made | undefined) ?? make()
  kept.set(name, there)
  return there
}

export function number(value: number, language: Language, digits = 2): string {
  return numbers(language, { maximumFractionDigits: digits }).format(value)
}

/** Three digits that count, however small the number is. */
export function significant(value: number, language: Language, digits = 3): string {
  return numbers(language, { maximumSignificantDigits: digits }).format(value)
}

/** Decimal text in yuan: two decimals for people's sums, up to six where a sum is that small or
 * what was left out would be missed. */
export function yuan(text: string | number, language: Language, exact = false): string {
  const value = Number(text)
  const small = exact || (value !== 0 && Math.abs(value) < 0.01)
  const told = numbers(language, {
    minimumFractionDigits: small ? 0 : 2,
    maximumFractionDigits: small ? 6 : 2,
  }).format(Math.abs(value))
  return `${value < 0 ? '−' : ''}¥${told}`
}

export function percent(share: number, language: Language, digits = 1): string {
  return numbers(language, { style: 'percent', maximumFractionDigits: digits }).format(share)
}

/** Watt-hours in the unit in which they are easy to read. */
export function energy(wh: number, language: Language): string {
  if (wh >= 1000) return `${number(wh / 1000, language)} kWh`
  return `${significant(wh, language)} Wh`
}

export function carbon(grams: number, language: Language): string {
  if (grams >= 1000) return `${number(grams / 1000, language)} kg CO₂e`
  return `${significant(grams, language)} g CO₂e`
}

export function bytes(count: number, language: Language): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = count > 0 ? Math.min(4, Math.floor(Math.log10(count) / 3)) : 0
  return `${number(count / 1000 ** step, language, step ? 1 : 0)} ${units[step]}`
}

const SPANS: [number, string, string][] = [
  [86_400, '天', 'd'],
  [3_600, '小时', 'h'],
  [60, '分', 'min'],
  [1, '秒', 's'],
]

/** A span of time in at most two units: "3 min 20 s". */
export function duration(seconds: number, language: Language): string {
  const word = (zh: string, en: string) => (language === 'zh' ? ` ${zh}` : ` ${en}`)
  if (seconds < 10) return `${number(seconds, language, 1)}${word('秒', 's')}`
  let left = Math.round(seconds)
  const parts: string[] = []
  for (const [size, zh, en] of SPANS) {
    const count = Math.floor(left / size)
    if (count && parts.length < 2) parts.push(`${count}${word(zh, en)}`)
    else if (parts.length) break
    left -= count * size
  }
  return parts.join(' ')
}

export function moment(at: string | number | Date, language: Language, seconds = false): string {
  const told = keep(`moment ${language} ${seconds}`, () => {
    return new Intl.DateTimeFormat(LOCALE[language], {
      year: 'numeric',
      // In English the order of two numbers is not the same everywhere; a name leaves no doubt.
      month: language === 'en' ? 'short' : '2-digit',
      day: language === 'en' ? 'numeric' : '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      ...(seconds ? { second: '2-digit' } : {}),
      hour12: false,
    })
  })
  return told.format(new Date(at))
}

/** "3 minutes ago", "in 2 hours". */
export function ago(at: string, language: Language, now = Date.now()): string {
  const told = keep(`ago ${language}`, () => {
    return new Intl.RelativeTimeFormat(LOCALE[language], { numeric: 'auto' })
  })
  const seconds = (new Date(at).getTime() - now) / 1000
  const size = Math.abs(seconds)
  if (size < 60) return told.format(Math.round(seconds), 'second')
  if (size < 3600) return told.format(Math.round(seconds / 60), 'minute')
  if (size < 86_400) return told.format(Math.round(seconds / 3600), 'hour')
  return told.format(Math.round(seconds / 86_400), 'day')
}
