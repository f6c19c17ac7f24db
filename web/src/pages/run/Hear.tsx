import { useCalm, useLive } from '../../api/live'

/** Hears every tenant's events and acts once they are quiet; only for who may see jobs. */
export function Hear({
  begins,
  act,
  mostMs = 2000,
}: {
  begins: string[]
  act: () => void
  mostMs?: number
}) {
  const calm = useCalm(act, 250, mostMs)
  useLive(begins, calm, 'all')
  return null
}
