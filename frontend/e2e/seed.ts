// Before all browser tests: the sample city is played once; every worker starts from a copy.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start } from './service'

export default async function seed(): Promise<() => void> {
  const dir = mkdtempSync(join(tmpdir(), 'jiqiao-e2e-'))
  process.env.E2E_SEED = join(dir, 'seed')
  await (await start('demo', process.env.E2E_SEED)).stop()
  return () => rmSync(dir, { recursive: true, force: true })
}
