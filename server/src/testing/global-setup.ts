import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundleThreads } from './bundle-threads.ts'
import { startTestPostgres, type TestPostgres } from './test-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of a Unix socket; whoever connects gets `{ url }` or `{ error }` as JSON, when PostgreSQL runs. */
    postgresOnDemand: string
    /** Directory with the modules of the database threads, bundled. */
    threadModules: string
  }
}

/** Vitest global setup: the database threads' modules, and one PostgreSQL for the whole run, started when the first test asks for it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'runstead-tests-'))
  const threads = join(directory, 'threads')
  await bundleThreads(threads)
  project.provide('threadModules', threads)
  const socket = join(directory, 'postgres-on-demand')
  let postgres: Promise<TestPostgres> | undefined
  const server = createServer((client) => {
    client.on('error', () => undefined)
    postgres ??= startTestPostgres()
    postgres.then(
      (started) => client.end(JSON.stringify({ url: started.urlOf('postgres') })),
      (error: Error) => client.end(JSON.stringify({ error: error.message })),
    )
  })
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject).listen(socket, listening.resolve)
  await listening.promise
  project.provide('postgresOnDemand', socket)

  return async () => {
    server.close()
    const started = await postgres?.catch(() => undefined)
    await started?.[Symbol.asyncDispose]()
    await rm(directory, { recursive: true, force: true })
  }
}
