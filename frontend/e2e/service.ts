// Runs the built program, on SQLite alone or with PostgreSQL and Redis.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

export const program = process.env.JIQIAO_BIN ?? fileURLToPath(new URL('../../bin/jiqiao', import.meta.url))

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (!address || typeof address === 'string') throw new Error('no port')
  return address.port
}

export interface Service {
  base: string
  stop: () => Promise<void>
}

/** Starts `jiqiao COMMAND` with the data directory and waits until it answers. */
export async function start(
  command: 'serve' | 'demo',
  data: string,
  env: Record<string, string> = {},
): Promise<Service> {
  const base = `http://127.0.0.1:${await freePort()}`
  const child = spawn(program, [command, '--data-dir', data, '--listen', base.slice('http://'.length)], {
    env: { ...process.env, JIQIAO_RATE_PER_SECOND: '0', JIQIAO_USER_RATE_PER_SECOND: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)))
  for (const until = Date.now() + 120_000; ;) {
    if (await ready(base)) break
    if (child.exitCode !== null || Date.now() > until) {
      await stop(child)
      throw new Error(`the program did not start: ${log}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return { base, stop: () => stop(child) }
}

const ready = (base: string): Promise<boolean> =>
  fetch(`${base}/readyz`).then(
    (r) => r.ok,
    () => false,
  )

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
