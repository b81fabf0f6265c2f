// Who is signed in, what that person may do, and what happens when the session ends under an open page.

import { computed, reactive, readonly } from 'vue'
import { guardRequests } from '@/api/client'
import type { Schemas } from '@/api/model'
import { get, post } from '@/api/typed'

export type Role = Schemas['Role']
export type User = Schemas['User']
type SignedIn = Schemas['SignedIn']

interface State {
  /** Whether the server has said who is signed in; until then nothing may be concluded from an empty user. */
  known: boolean
  user: User | undefined
  permissions: readonly string[]
  csrf: string
  mustChangePassword: boolean
  oidc: boolean
  /** The session has ended while the page was open: the dialog that asks to sign in again is shown. */
  expired: boolean
}

const state = reactive<State>({
  known: false,
  user: undefined,
  permissions: [],
  csrf: '',
  mustChangePassword: false,
  oidc: false,
  expired: false,
})

function take(answer: SignedIn): void {
  state.known = true
  state.user = answer.user ?? undefined
  state.permissions = answer.permissions
  state.csrf = answer.csrf_token ?? ''
  state.mustChangePassword = answer.session?.must_change_password ?? false
  state.oidc = answer.oidc ?? false
}

let asked: Promise<void> | undefined

/** Asks once who is signed in; a failure is forgotten, so the next call asks again. */
export function loadSession(): Promise<void> {
  asked ??= get('/auth/session')
    .then(take)
    .catch((cause: unknown) => {
      asked = undefined
      throw cause
    })
  return asked
}

/** A change of what the person proves themselves by opened a new session in place of this one. */
export const takeSession = (answer: SignedIn): void => take(answer)

export async function reloadSession(): Promise<void> {
  take(await get('/auth/session'))
}

/** Signs in; true when a code of the second factor is still wanted. */
export async function signIn(login: string, password: string, code?: string): Promise<boolean> {
  const answer = await post('/auth/login', { body: { login, password, ...(code ? { code } : {}) } })
  if (answer.second_factor && !answer.user) return true
  take(answer)
  settle(true)
  return false
}

export async function signOut(): Promise<void> {
  await post('/auth/logout')
  leave()
}

export async function signOutEverywhere(): Promise<void> {
  await post('/auth/logout-everywhere')
  leave()
}

function leave(): void {
  take({ user: null, permissions: [] })
  // What the door offers is said to those outside only.
  asked = undefined
}

// One dialog serves all requests that met the end of the session.
const waiting: ((renewed: boolean) => void)[] = []

function settle(renewed: boolean): void {
  state.expired = false
  for (const f of waiting.splice(0)) f(renewed)
}

function renew(): Promise<boolean> {
  state.expired = true
  return new Promise((resolve) => waiting.push(resolve))
}

/** The person does not want to sign in again: what waited fails, and the page is nobody's. */
export function giveUp(): void {
  leave()
  settle(false)
}

/** While that cannot be learned, nothing is concluded. */
const ended = (): Promise<boolean> =>
  get('/auth/session').then(
    (answer) => !answer.user,
    () => false,
  )

guardRequests({ csrf: () => state.csrf, ended, renew })

export const session = readonly(state)

export const signedIn = computed(() => !!state.user)

/** Who may do something now: a password that must be changed comes before everything. */
export const admitted = computed(() => (state.mustChangePassword ? undefined : state.user?.id))

/** The side whose records the account's organisation owns; undefined for brokers and the bureau. */
export function ownSide(): 'need' | 'achievement' | undefined {
  if (state.user?.role === 'enterprise') return 'need'
  return state.user?.role === 'university' ? 'achievement' : undefined
}

export const role = computed<Role | undefined>(() => state.user?.role)

/** Whether the person may do it at all; which records it reaches is decided by the server. */
export const may = (permission: string): boolean => state.permissions.includes(permission)
