#!/usr/bin/env node
// Runs the server with a Node that is new enough: this one, or the one that came with the package. The bundle is used
// unless it is missing or the source has changed since it was made.
import { spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const neededMajor = 24
const bundle = join(import.meta.dirname, '..', 'dist', 'main.js')
const source = join(import.meta.dirname, '..', 'src')

// What glibc keeps of freed memory (docs/decisions/0014-memory-of-the-process.md). It reads these when a process starts and not
// later. A variable that is set already stays as it is.
const allocator = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  MALLOC_TRIM_THRESHOLD_: '1048576',
}
const environment = { ...allocator, ...process.env }

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  if (canStartAgain() && Object.keys(allocator).some((name) => process.env[name] === undefined))
    process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], environment)
  module.enableCompileCache?.()
  await (bundleIsCurrent() ? import('../dist/main.js') : import('../src/main.ts'))
} else {
  const child = spawn(bundledNode(), [import.meta.filename, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: environment,
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
}

/** As the same process, with another environment: a server that nobody has a channel to, which would be lost. */
function canStartAgain() {
  const isServer = process.argv[2] === 'server'
  return isServer && process.platform === 'linux' && process.execve !== undefined && process.send === undefined
}

/** An installed package has the bundle alone. */
function bundleIsCurrent() {
  const made = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs
  return made !== undefined && !changedSince(made, source)
}

/** Directories count too, since their time is the only trace of a file that was removed. */
function changedSince(time, path) {
  const status = statSync(path, { throwIfNoEntry: false })
  if (status === undefined) return false
  if (status.mtimeMs > time) return true
  return status.isDirectory() && readdirSync(path).some((name) => changedSince(time, join(path, name)))
}

function bundledNode() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')
  } catch {
    console.error(`runstead: needs Node ${neededMajor} or newer; this is ${process.version}.`)
    process.exit(1)
  }
}
