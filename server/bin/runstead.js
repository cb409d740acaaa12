#!/usr/bin/env node
// Runs the server with a Node that is new enough: this one, or the one that came with the package.
import { spawn } from 'node:child_process'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const neededMajor = 24

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  module.enableCompileCache?.()
  await import('../src/main.ts')
} else {
  const child = spawn(bundledNode(), [import.meta.filename, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
}

function bundledNode() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')
  } catch {
    console.error(`runstead: needs Node ${neededMajor} or newer; this is ${process.version}.`)
    process.exit(1)
  }
}
