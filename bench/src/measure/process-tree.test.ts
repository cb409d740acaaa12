import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { parseProcessStat, treeUsage } from './process-tree.ts'

test('a command with blanks and brackets does not shift the fields', () => {
  const line = `42 (a) b (c) S 7 42 42 0 -1 4194560 100 200 0 0 11 22 33 44 20 0 5 0 1000 123456 789 18446744073709551615 1 1`
  expect(parseProcessStat(line)).toEqual({ pid: 42, parent: 7, ticks: 110, rssPages: 789 })
})

test('the tree holds children and counts their work and memory', async () => {
  const busy = `while (process.cpuUsage().user < 200_000); console.log('done'); process.stdin.resume()`
  const child = spawn(process.execPath, [
    '-e',
    `
    const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(busy)}], { stdio: 'inherit' })
    child.on('exit', () => process.exit())`,
  ])
  await once(child.stdout, 'data')
  const usage = treeUsage(child.pid!)
  expect(usage.processes).toBe(2)
  expect(usage.cpuMs).toBeGreaterThan(150)
  expect(usage.rssBytes).toBeGreaterThan(40e6)
  child.stdin.end()
  await once(child, 'exit')
})
