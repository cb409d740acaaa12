import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closestOf } from '../lib/closest.ts'
import { environmentVariableOf, type Setting, SettingError, type SettingName, settings } from './settings.ts'

/** Everything that can be set, read once at start. Paths are absolute. */
export interface ServerConfig {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** `postgres://…` or the absolute path of a SQLite file. */
  readonly database:
    | { readonly engine: 'postgres'; readonly url: string }
    | { readonly engine: 'sqlite'; readonly file: string }
  readonly artifactsDir: string
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly maxBodyBytes: number
  /** How logging calls are in the audit log. */
  readonly auditLogging: 'minute' | 'each' | 'off'
  /** 0: for ever. */
  readonly auditRetentionDays: number
  /** Undefined: the default list. */
  readonly allowedHosts: readonly string[] | undefined
  /** Whether a server without users may be reached from other machines. */
  readonly openAccess: boolean
}

/**
 * Reads flags, then environment variables, then defaults.
 *
 * @param args what follows `runstead server`, such as `['--port', '5001']`; `--port=5001` is the same
 * @throws SettingError with a message for the person at the terminal
 */
export function readServerConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ServerConfig {
  const flags = readFlags(args)
  for (const name of Object.keys(environment)) refuseUnknownVariable(name)
  const value = <N extends SettingName>(name: N): ReturnType<(typeof settings)[N]['read']> | undefined => {
    const setting: Setting<unknown> = settings[name]
    const variable = environmentVariableOf(setting.flag)
    const given = flags.get(setting.flag) ?? environment[variable]
    if (given === undefined) return undefined
    try {
      return setting.read(given) as ReturnType<(typeof settings)[N]['read']>
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      const source = flags.has(setting.flag) ? `--${setting.flag}` : variable
      throw new SettingError(`${source} ${error.message}; it is '${given}'`)
    }
  }
  const dataDir = resolve(value('dataDir') ?? 'runstead-data')
  const artifacts = value('artifacts')
  return Object.freeze({
    host: value('host') ?? settings.host.defaultText,
    port: value('port') ?? Number(settings.port.defaultText),
    dataDir,
    database: databaseOf(value('database'), dataDir),
    artifactsDir: artifacts === undefined ? resolve(dataDir, 'artifacts') : pathOf(artifacts),
    logLevel: value('logLevel') ?? 'info',
    maxBodyBytes: value('maxBodyBytes') ?? Number(settings.maxBodyBytes.defaultText),
    auditLogging: value('auditLogging') ?? 'minute',
    auditRetentionDays: value('auditRetentionDays') ?? Number(settings.auditRetentionDays.defaultText),
    allowedHosts: value('allowedHosts')
      ?.split(',')
      .map((host) => host.trim()),
    openAccess: value('openAccess') ?? false,
  })
}

function databaseOf(url: string | undefined, dataDir: string): ServerConfig['database'] {
  if (url === undefined) return { engine: 'sqlite', file: resolve(dataDir, 'runstead.db') }
  if (!url.startsWith('sqlite:')) return { engine: 'postgres', url }
  return { engine: 'sqlite', file: resolve(url.replace(/^sqlite:(\/\/(?=\/))?/, '')) }
}

function pathOf(location: string): string {
  return location.startsWith('file://') ? fileURLToPath(location) : resolve(location)
}

function readFlags(args: readonly string[]): Map<string, string> {
  const all: readonly Setting<unknown>[] = Object.values(settings)
  const known = all.map((setting) => setting.flag)
  const flags = new Map<string, string>()
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string
    if (!arg.startsWith('--'))
      throw new SettingError(`Unexpected argument '${arg}'; settings are written --name value.`)
    const equals = arg.indexOf('=')
    const flag = arg.slice(2, equals === -1 ? undefined : equals)
    if (!known.includes(flag)) throw new SettingError(`Unknown flag --${flag}.${hint(flag, known, '--')}`)
    if (flags.has(flag)) throw new SettingError(`--${flag} is given twice.`)
    const isSwitch = all.some((setting) => setting.flag === flag && setting.isSwitch === true)
    const value = equals !== -1 ? arg.slice(equals + 1) : isSwitch ? 'true' : args[++index]
    if (value === undefined) throw new SettingError(`--${flag} needs a value.`)
    flags.set(flag, value)
  }
  return flags
}

/** Variables of the test and benchmark suites, which are not settings of the server. */
const otherVariables = /^RUNSTEAD_(PYTHON|TEST|CONFORMANCE|BENCH)_/

function refuseUnknownVariable(name: string): void {
  if (!name.startsWith('RUNSTEAD_') || otherVariables.test(name)) return
  const known = Object.values(settings).map((setting) => environmentVariableOf(setting.flag))
  if (!known.includes(name)) throw new SettingError(`Unknown environment variable ${name}.${hint(name, known, '')}`)
}

function hint(word: string, known: readonly string[], prefix: string): string {
  const closest = closestOf(word, known)
  return closest === undefined ? ' See runstead server --help.' : ` Did you mean ${prefix}${closest}?`
}
