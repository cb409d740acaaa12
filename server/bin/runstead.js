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

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  module.enableCompileCache?.()
  await (bundleIsCurrent() ? import('../dist/main.js') : import('../src/main.ts'))
} else {
  const child = spawn(bundledNode(), [import.meta.filename, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
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
