import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DataDirectoryInUse, lockDataDirectory } from './data-directory-lock.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runstead-lock-'))
})

afterEach(() => rm(directory, { recursive: true, force: true }))

test('a second lock is refused, naming the directory and the process that has it', () => {
  using _first = lockDataDirectory(directory)
  expect(() => lockDataDirectory(directory)).toThrow(DataDirectoryInUse)
  expect(() => lockDataDirectory(directory)).toThrow(`The data directory ${directory} is in use`)
  expect(() => lockDataDirectory(directory)).toThrow(`(process ${process.pid})`)
})

test('a lock can be taken again after it was given back, and tells no holder then', async () => {
  const first = lockDataDirectory(directory)
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  expect(await readdir(directory)).not.toContain('server.pid')
  using _second = lockDataDirectory(directory)
  expect(() => lockDataDirectory(directory)).toThrow(DataDirectoryInUse)
})

test('a refused attempt takes nothing away from the holder', () => {
  using _first = lockDataDirectory(directory)
  for (let attempt = 0; attempt < 5; attempt++) expect(() => lockDataDirectory(directory)).toThrow(DataDirectoryInUse)
})

test('another process is refused, and the lock of a killed one is free', async () => {
  const script = `
    import { lockDataDirectory } from ${JSON.stringify(new URL('./data-directory-lock.ts', import.meta.url).href)}
    lockDataDirectory(${JSON.stringify(directory)})
    console.log('locked')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(holder, 'exit')
  await once(createInterface(holder.stdout), 'line')
  expect(() => lockDataDirectory(directory)).toThrow(`(process ${holder.pid})`)
  holder.kill('SIGKILL')
  await ended
  using _lock = lockDataDirectory(directory)
})
