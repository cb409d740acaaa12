import { type AddressInfo, isIPv6 } from 'node:net'
import { pino } from 'pino'
import { type App, openApp } from '../app.ts'
import { describeStore } from '../config/artifact-stores.ts'
import { adviceOnVariables } from '../config/mlflow-options.ts'
import { readServerConfig, type ServerConfig } from '../config/server-config.ts'
import { defaultPlatformId, defaultWorkspaceKey } from '../features/workspaces/workspace-store.ts'
import { giveMemoryBackWhenIdle } from '../lib/idle-memory.ts'

/**
 * `runstead server`: opens the app, listens, says where things are, and stops on SIGINT or SIGTERM once what was accepted
 * is finished.
 *
 * @throws SettingError, DataDirectoryInUse and the like, with a message for the person at the terminal
 */
export async function runServer(args: readonly string[]): Promise<void> {
  const config = readServerConfig(args, process.env)
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: false }))
  if (config.allowedOrigins.includes('*'))
    log.warn('--cors-allowed-origins *: pages of every site may read and write, without cookies')
  const advice = adviceOnVariables(process.env)
  if (advice !== undefined) log.warn(advice)
  const app = await openApp({ config, log })
  await app.http.listen({ host: config.host, port: config.port })
  process.stdout.write(greeting(config, app.http.server.address() as AddressInfo, app.isOpen()))
  stopOnSignal(app, config)
  giveMemoryBackWhenIdle()
}

function greeting(config: ServerConfig, { port }: AddressInfo, isOpen: boolean): string {
  const host = config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host
  const url = `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
  const database =
    config.database.engine === 'sqlite'
      ? `SQLite, ${config.database.file}`
      : `PostgreSQL, ${withoutPassword(config.database.url)}`
  return `
  Runstead is ready        ${url}
  Tracking URI             export MLFLOW_TRACKING_URI=${url}
  Default workspace        ${url}/20260430/aiDataPlatforms/${defaultPlatformId}/workspaces/${defaultWorkspaceKey}/mlops
  Data                     ${config.dataDir}
  Artifacts                ${artifactPlaces(config)}
  Database                 ${database}
  Access                   ${isOpen ? openAccess(config) : 'with an API token; see runstead user --help'}

`
}

function openAccess({ host }: ServerConfig): string {
  return `open: everyone who can reach ${host} may do everything. It ends with the first user:
                           runstead user create NAME --administrator --token NAME`
}

function artifactPlaces({ artifacts, artifactStores }: ServerConfig): string {
  const named = [...artifactStores].map(([name, store]) => `@${name}: ${describeStore(store)}`)
  return [describeStore(artifacts), ...named].join('\n                           ')
}

function withoutPassword(url: string): string {
  const parsed = new URL(url)
  if (parsed.password !== '') parsed.password = '***'
  return parsed.href
}

function stopOnSignal(app: App, config: ServerConfig): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1)
    stopping = true
    if (config.logLevel !== 'silent')
      process.stdout.write(`  ${signal}: finishing what was accepted; once more stops at once.\n`)
    app[Symbol.asyncDispose]().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Stopping failed: ${error instanceof Error ? error.message : String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
