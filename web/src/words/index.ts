import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'

export type Language = 'zh' | 'en'

/** One file for each area of pages, the same in both languages; a language is one chunk. */
const load: Record<Language, () => Promise<{ default: Record<string, object> }>> = {
  zh: () => import('./zh.ts'),
  en: () => import('./en.ts'),
}

const KEY = 'language'

/** What `?lang=` says, then what the person chose here, then what their system speaks. */
export function firstLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem(KEY)
  if (asked === 'zh' || asked === 'en') return asked
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

export async function speak(language: Language) {
  const words = (await load[language]()).default
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      resources: { [language]: words },
      defaultNS: 'shell',
      interpolation: { escapeValue: false },
      returnNull: false,
      react: { useSuspense: false },
    })
  } else {
    for (const [area, texts] of Object.entries(words)) {
      i18next.addResourceBundle(language, area, texts)
    }
    await i18next.changeLanguage(language)
  }
  localStorage.setItem(KEY, language)
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

export function useLanguage(): Language {
  return useTranslation().i18n.language === 'en' ? 'en' : 'zh'
}

/** The words of an area: `useWords('tasks')`; another area's as `t('parts:save')`. */
export function useWords(area = 'shell') {
  return useTranslation([area, 'parts', 'shell']).t
}

/** What the centre says in both languages, in the one that is spoken. */
export function useSaid() {
  const language = useLanguage()
  return <T>(zh: T, en: T): T => (language === 'zh' ? zh : en)
}
