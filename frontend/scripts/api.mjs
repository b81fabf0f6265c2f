// Writes src/api/types.ts from the description in api/openapi; with --check it only fails when the file is not that.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const temporary = mkdtempSync(join(root, 'node_modules', '.api-'))
try {
  const fresh = join(temporary, 'types.ts')
  const bin = (name) => join(root, 'node_modules', '.bin', name)
  const description = join(temporary, 'openapi.yaml')
  const printed = execFileSync('go', ['run', './api/openapi/print'], {
    cwd: join(root, '..'),
    maxBuffer: 1 << 26,
  })
  writeFileSync(description, printed)
  execFileSync(bin('openapi-typescript'), [description, '-o', fresh], { cwd: root, stdio: 'pipe' })
  const options = ['--config', '.prettierrc.json', '--ignore-path', '/dev/null', '--parser', 'typescript']
  const formatted = execFileSync(bin('prettier'), [...options, '--stdin-filepath', 'types.ts'], {
    cwd: root,
    input: readFileSync(fresh),
    maxBuffer: 1 << 26,
  }).toString()
  const kept = join(root, 'src/api/types.ts')
  if (!process.argv.includes('--check')) {
    writeFileSync(kept, formatted)
  } else if (formatted !== readFileSync(kept, 'utf8')) {
    console.error('src/api/types.ts is out of date with api/openapi: run `npm run api` and commit the result')
    process.exitCode = 1
  }
} finally {
  rmSync(temporary, { recursive: true })
}
