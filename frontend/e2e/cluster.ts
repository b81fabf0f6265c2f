// PostgreSQL and Redis of a test's own, in a temporary directory, as a larger city has them.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, stop } from './service'

/** Debian keeps the programs of each version in a directory of its own. */
const versions = '/usr/lib/postgresql'
const newest = () => readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0] ?? ''
const postgres = process.env.JIQIAO_PG_BIN ?? join(versions, newest(), 'bin')

export interface Cluster {
  /** What the program must be told. */
  env: Record<string, string>
  stop: () => Promise<void>
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres']).toString())
  return { uid: id('-u'), gid: id('-g') }
}

export async function startCluster(): Promise<Cluster> {
  const dir = mkdtempSync(join(tmpdir(), 'jiqiao-pg-'))
  const who = unprivileged()
  chmodSync(dir, 0o755)
  const data = join(dir, 'data')
  mkdirSync(data)
  if (who) for (const d of [dir, data]) chownSync(d, who.uid, who.gid)
  const options = { cwd: dir, stdio: 'ignore', ...who } as const
  execFileSync(
    join(postgres, 'initdb'),
    ['-D', data, '-U', 'jiqiao', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    options,
  )
  const server = spawn(
    join(postgres, 'postgres'),
    ['-D', data, '-k', dir, '-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'max_connections=100'],
    options,
  )
  const port = await freePort()
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  })
  for (const until = Date.now() + 20_000; !existsSync(join(dir, '.s.PGSQL.5432'));) {
    if (server.exitCode !== null || Date.now() > until) throw new Error('PostgreSQL did not start')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    env: {
      DATABASE_URL: `postgres://jiqiao@/postgres?host=${encodeURIComponent(dir)}`,
      REDIS_URL: `redis://127.0.0.1:${port}/0`,
    },
    stop: async () => {
      await Promise.all([interrupt(server), stop(redis)])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** SIGTERM would wait for clients, SIGINT sends them away. */
async function interrupt(server: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGINT')
  await ended
}
