import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const bin = join(import.meta.dirname, '../../bin/runstead.js')

/** A Node on this machine that is too old to run the server itself; the bin must then find the one of the package. */
const olderNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'node'))
  .find((node) => existsSync(node) && majorOf(node) < 24 && majorOf(node) >= 20)

function majorOf(node: string): number {
  return Number(/^v(\d+)/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 0)
}

function run(node: string, ...args: string[]) {
  return spawnSync(node, [bin, ...args], { encoding: 'utf8' })
}

describe.each([
  ['this Node', process.execPath],
  ['an older Node (left out where there is none)', olderNode],
] as const)('the command with %s', (_what, node) => {
  test.skipIf(node === undefined)('tells its version and its settings', () => {
    expect(run(node!, 'version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    const help = run(node!, 'server', '--help').stdout
    for (const flag of ['host', 'port', 'data-dir', 'database', 'artifacts', 'log-level'])
      expect(help).toContain(`--${flag} `)
    expect(help).toContain('RUNSTEAD_DATA_DIR')
  })

  test.skipIf(node === undefined)('refuses what it does not know, with a hint', () => {
    expect(run(node!, 'server', '--prot', '1')).toMatchObject({
      status: 1,
      stderr: 'runstead: Unknown flag --prot. Did you mean --port?\n',
    })
    expect(run(node!, 'sever')).toMatchObject({ status: 1 })
    expect(run(node!, 'sever').stderr).toContain('Did you mean server?')
  })
})
