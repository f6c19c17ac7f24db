import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect } from 'react'
import { api, keepToken, queries, type Schemas, whenSessionEnds } from './client'
import { asProblem } from './problem'

export type Session = Schemas['SessionOut']
export type Permission = Session['permissions'][number]

const KEY = ['session']
const Here = createContext<Session | null>(null)

/** The session's own cookie is hidden from scripts; another says that there is one. */
const HERE = 'zhisuan_here=1'

async function ask(): Promise<Session | null> {
  if (!document.cookie.includes(HERE)) return null
  try {
    const { data } = await api.GET('/v1/session')
    return data ?? null
  } catch (error) {
    if (asProblem(error).status === 401) return null
    throw error
  }
}

/** Who is here; children see the session, null while nobody is logged in. */
export function SessionGate({ children, waiting }: { children: ReactNode; waiting: ReactNode }) {
  const { data, isPending } = useQuery({ queryKey: KEY, queryFn: ask, staleTime: 60_000 })
  if (data) keepToken(data.csrf_token)
  useEffect(() => whenSessionEnds(() => queries.setQueryData(KEY, null)), [])
  if (isPending) return waiting
  return <Here value={data ?? null}>{children}</Here>
}

/** A session began: everything is asked anew, as whoever is here now. */
export function begin(session: Session) {
  keepToken(session.csrf_token)
  forget()
  queries.setQueryData(KEY, session)
}

/** All that was answered to somebody else; the question who is here stays, the gate listens to it. */
function forget() {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
}

export async function logOut() {
  await api.DELETE('/v1/session').catch(() => undefined)
  forget()
  queries.setQueryData(KEY, null)
}

export function useSession(): Session | null {
  return useContext(Here)
}

/** Of pages that nobody sees without a session. */
export function useMe(): Session {
  const session = useContext(Here)
  if (!session) throw new Error('This page needs a session.')
  return session
}

export function useMay() {
  const session = useSession()
  return (...anyOf: Permission[]) =>
    anyOf.length === 0 || anyOf.some((each) => session?.permissions.includes(each))
}
