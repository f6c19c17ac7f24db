import { useSyncExternalStore } from 'react'

export type Mode = 'light' | 'dark'

const KEY = 'mode'
const system = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

function chosen(): Mode {
  const kept = localStorage.getItem(KEY)
  return kept === 'dark' || kept === 'light' ? kept : system.matches ? 'dark' : 'light'
}

function show() {
  document.documentElement.dataset.mode = chosen()
  for (const tell of listeners) tell()
}

system.addEventListener('change', show)
document.documentElement.dataset.mode = chosen()

/** Light or dark: what the person chose here, or what their system says. */
export function useMode(): [Mode, (mode: Mode) => void] {
  const mode = useSyncExternalStore((tell) => {
    listeners.add(tell)
    return () => listeners.delete(tell)
  }, chosen)
  return [
    mode,
    (wanted) => {
      localStorage.setItem(KEY, wanted)
      show()
    },
  ]
}
