/**
 * Bundles the server into `server/dist`, which starts faster and in less memory than the source
 * (docs/decisions/0006-bundled-server.md). Runs after `npm ci` and `npm install`.
 */
import { mkdirSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BuildOptions } from 'rolldown'

const server = join(dirname(import.meta.dirname), 'server')
const bundle = join(server, 'dist')
const unfinished = join(server, '.tmp', 'dist')
const sqlite = join(server, 'src', 'db', 'dialects', 'sqlite')

const started = new Date()
const rolldown = await installedBundler()
if (rolldown === undefined) {
  console.log('The server runs from its source: the bundler is a development dependency, and they are not installed.')
} else {
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(dirname(unfinished), { recursive: true })
  await rolldown.build(bundling())
  // The bundle is as old as what it was made of: a file that is saved during the build is newer.
  utimesSync(join(unfinished, 'main.js'), started, started)
  rmSync(bundle, { recursive: true, force: true })
  renameSync(unfinished, bundle)
  console.log(`Built the server (${((Date.now() - started.getTime()) / 1000).toFixed(1)} s)`)
}

function bundling(): BuildOptions {
  return {
    input: {
      main: join(server, 'src', 'main.ts'),
      // The database threads load their modules from beside the module that starts them.
      'writer-worker': join(sqlite, 'writer-worker.ts'),
      'reader-worker': join(sqlite, 'reader-worker.ts'),
    },
    platform: 'node',
    // Optional parts of pg, which it looks for when they are asked for.
    external: ['pg-native', 'pg-cloudflare'],
    output: {
      dir: unfinished,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      sourcemap: true,
      minify: false,
    },
    logLevel: 'warn',
  }
}

/** The bundler, or undefined in an installation for production. */
async function installedBundler(): Promise<typeof import('rolldown') | undefined> {
  try {
    return await import('rolldown')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}
