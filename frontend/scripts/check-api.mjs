// Fails when src/api/types.ts is not what api/openapi.yaml generates.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const temporary = mkdtempSync(join(root, 'node_modules', '.api-'))
try {
  const fresh = join(temporary, 'types.ts')
  const bin = (name) => join(root, 'node_modules', '.bin', name)
  execFileSync(bin('openapi-typescript'), ['../api/openapi.yaml', '-o', fresh], { cwd: root, stdio: 'pipe' })
  const options = ['--config', '.prettierrc.json', '--ignore-path', '/dev/null', '--parser', 'typescript']
  const formatted = execFileSync(bin('prettier'), [...options, '--stdin-filepath', 'types.ts'], {
    cwd: root,
    input: readFileSync(fresh),
    maxBuffer: 1 << 26,
  }).toString()
  if (formatted !== readFileSync(join(root, 'src/api/types.ts'), 'utf8')) {
    console.error(
      'src/api/types.ts is out of date with api/openapi.yaml: run `npm run api` and commit the result',
    )
    process.exitCode = 1
  }
} finally {
  rmSync(temporary, { recursive: true })
}
