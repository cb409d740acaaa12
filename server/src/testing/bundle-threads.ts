import { join } from 'node:path'
import { build } from 'rolldown'

const sqlite = join(import.meta.dirname, '../db/dialects/sqlite')

/**
 * Bundles the modules of the database threads into a directory. From the source every thread would strip types first, which
 * takes longer than most tests, and runs WebAssembly: when many such threads end, V8 loses track of code pages and aborts.
 */
export async function bundleThreads(directory: string): Promise<void> {
  await build({
    input: ['writer-worker', 'reader-worker'].map((name) => join(sqlite, `${name}.ts`)),
    platform: 'node',
    output: { dir: directory, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    logLevel: 'warn',
  })
}
