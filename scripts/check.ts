/** Runs every static check and says which failed: formatting and lint, types, import rules, unused code. */
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'

const root = dirname(import.meta.dirname)
const checks = [
  { what: 'format and lint', command: 'biome', args: ['check', '--error-on-warnings', '.'] },
  { what: 'types', command: 'tsc', args: ['--noEmit', '-p', '.'] },
  { what: 'import rules', command: 'depcruise', args: ['server/src', 'conformance', 'bench', 'scripts'] },
  { what: 'unused code', command: 'knip', args: [] },
]

const failed: string[] = []
for (const { what, command, args } of checks) {
  const started = Date.now()
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (error !== undefined) throw error
  console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${what} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  if (status !== 0) failed.push(what)
}
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`)
  process.exit(1)
}
