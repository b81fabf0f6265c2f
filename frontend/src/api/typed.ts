// The typed way to every operation of the service: paths, parameters, bodies and answers are those of types.ts, which is
// generated from api/openapi. `get('/deals/{id}', { path: { id }, signal })`.

import { request, url, type QueryValue, type RequestOptions } from './client'
import type { paths } from './types'

type Method = 'get' | 'post' | 'put' | 'delete'

/** The paths that have the method, without the prefix that all share. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: P extends `/api/v1${infer R}`
    ? paths[P][M] extends { responses: unknown }
      ? R
      : never
    : never
}[keyof paths]

type Operation<M extends Method, R extends string> = `/api/v1${R}` extends keyof paths
  ? paths[`/api/v1${R}`][M]
  : never

type PathParameters<O> = O extends { parameters: { path: infer P } } ? { path: P } : { path?: undefined }
type QueryParameters<O> = O extends { parameters: { query?: infer Q } }
  ? { query?: Q }
  : { query?: undefined }
type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : O extends { requestBody?: { content: { 'application/json': infer B } } }
    ? { body?: B }
    : { body?: FormData }
type Json<R> = R extends { content: { 'application/json': infer T } } ? T : undefined

/** What the operation answers when it succeeds; undefined where it answers without content. */
export type AnswerOf<M extends Method, R extends string> =
  Operation<M, R> extends { responses: infer S }
    ? S extends { 200: infer A }
      ? Json<A>
      : S extends { 201: infer A }
        ? Json<A>
        : S extends { 202: infer A }
          ? Json<A>
          : undefined
    : never

type Rest = Pick<RequestOptions, 'signal' | 'ifMatch' | 'once' | 'limit' | 'idempotent'>

export type OptionsOf<M extends Method, R extends string> = PathParameters<Operation<M, R>> &
  QueryParameters<Operation<M, R>> &
  Body<Operation<M, R>> &
  Rest

/** Without what must be given, the options may be left out. */
type Arguments<O> = object extends O ? [options?: O] : [options: O]

interface Loose extends Rest {
  path?: Record<string, string | number>
  query?: Record<string, QueryValue>
  body?: unknown
}

/** "/deals/{id}" with its names filled in. */
export function fill(path: string, values: Record<string, string | number> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name] ?? '')))
}

/** Shaped for each method below; the types of all operations at once are more than the compiler can hold. */
function call(method: string) {
  return (path: string, options: Loose = {}): Promise<unknown> => {
    const { path: values, ...rest } = options
    return request(fill(path, values), { ...rest, method: method as RequestOptions['method'] })
  }
}

type Call<M extends Method> = <R extends PathOf<M>>(
  path: R,
  ...options: Arguments<OptionsOf<M, R>>
) => Promise<AnswerOf<M, R>>

export const get = call('GET') as Call<'get'>
export const post = call('POST') as Call<'post'>
export const put = call('PUT') as Call<'put'>
export const del = call('DELETE') as Call<'delete'>

/** The address of a file that the browser fetches itself, with the session's cookie. */
export function href<R extends PathOf<'get'>>(path: R, ...options: Arguments<OptionsOf<'get', R>>): string {
  const { path: values, query } = ((options as readonly unknown[])[0] as Loose) ?? {}
  return url(fill(path, values), query)
}

/** The parameters of a list's request, to hand it what stands in the address: `query as QueryOf<'/deals'>`. */
export type QueryOf<R extends PathOf<'get'>> = OptionsOf<'get', R>['query']
