import { resolve } from 'node:path'
import { closestOf } from '../lib/closest.ts'
import type { LinearPattern } from '../lib/linear-pattern.ts'
import type { OidcSettings } from '../lib/oidc-settings.ts'
import {
  type ArtifactStoreConfig,
  inDirectory,
  readArtifactStore,
  readNamedStores,
  type S3Defaults,
} from './artifact-stores.ts'
import { adviceOnFlag } from './mlflow-options.ts'
import { mlflowSourcePattern, sourcePattern } from './registry-settings.ts'
import { SettingError } from './setting-error.ts'
import type { Setting } from './setting-kinds.ts'
import { environmentVariableOf, type SettingName, settings } from './settings.ts'

/** Everything that can be set, read once at start. Paths are absolute. */
export interface ServerConfig {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** `postgres://…` or the absolute path of a SQLite file. */
  readonly database:
    | { readonly engine: 'postgres'; readonly url: string }
    | { readonly engine: 'sqlite'; readonly file: string }
  readonly artifacts: ArtifactStoreConfig
  /** Name to store. */
  readonly artifactStores: ReadonlyMap<string, ArtifactStoreConfig>
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly maxBodyBytes: number
  /** How much one caller may send. */
  readonly rate: { readonly perSecond: number; readonly burst: number }
  /** How logging calls are in the audit log. */
  readonly auditLogging: 'minute' | 'each' | 'off'
  /** 0: for ever. */
  readonly auditRetentionDays: number
  /** What sources of new model versions must match; undefined: any. */
  readonly modelSourcePattern: LinearPattern | undefined
  readonly webhooks: {
    readonly schemes: readonly ('http' | 'https')[]
    /** Whether private and loopback addresses are fine. */
    readonly privateTargets: boolean
    /** Undefined: the key in the data directory. */
    readonly key: Buffer | undefined
  }
  /** Undefined: the default list. */
  readonly allowedHosts: readonly string[] | undefined
  /** Other sites whose pages may read and write. */
  readonly allowedOrigins: readonly string[]
  /** Whether a server without users may be reached from other machines. */
  readonly openAccess: boolean
  /** Where browsers reach the server, without a slash at the end. */
  readonly publicUrl: string
  /** Undefined: people log in with tokens. */
  readonly oidc: OidcSettings | undefined
  readonly sessionSeconds: number
  /** Whether request signatures are tried as older Oracle clients make them. */
  readonly ociLegacyTargets: boolean
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
  const read = <T>(name: SettingName, reader: (text: string) => T): T | undefined => {
    const setting: Setting<unknown> = settings[name]
    const variable = environmentVariableOf(setting.flag)
    const given = flags.get(setting.flag) ?? environment[variable]
    if (given === undefined) return undefined
    try {
      return reader(given)
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      const source = flags.has(setting.flag) ? `--${setting.flag}` : variable
      // What may hold credentials in the wrong place is not repeated.
      throw new SettingError(`${source} ${error.message}${given.includes('@') ? '' : `; it is '${given}'`}`)
    }
  }
  const value: Value = (name) =>
    read(name, settings[name].read as (text: string) => ReturnType<(typeof settings)[typeof name]['read']>)
  const s3: S3Defaults = {
    endpoint: value('s3Endpoint'),
    publicEndpoint: value('s3PublicEndpoint'),
    region: value('s3Region'),
    pathStyle: value('s3PathStyle'),
    direct: value('s3Direct'),
  }
  const dataDir = resolve(value('dataDir') ?? 'runstead-data')
  return Object.freeze({
    host: value('host') ?? settings.host.defaultText,
    port: value('port') ?? Number(settings.port.defaultText),
    dataDir,
    database: databaseOf(value('database'), dataDir),
    artifacts: read('artifacts', (text) => readArtifactStore(text, s3)) ?? inDirectory(resolve(dataDir, 'artifacts')),
    artifactStores: read('artifactStore', (text) => readNamedStores(text, s3)) ?? new Map(),
    logLevel: value('logLevel') ?? 'info',
    maxBodyBytes: value('maxBodyBytes') ?? Number(settings.maxBodyBytes.defaultText),
    rate: {
      perSecond: value('rateLimit') ?? Number(settings.rateLimit.defaultText),
      burst: value('rateBurst') ?? Number(settings.rateBurst.defaultText),
    },
    auditLogging: value('auditLogging') ?? 'minute',
    auditRetentionDays: value('auditRetentionDays') ?? Number(settings.auditRetentionDays.defaultText),
    modelSourcePattern: value('modelSourcePattern') ?? patternOfMlflow(environment[mlflowSourcePattern]),
    webhooks: {
      schemes: value('webhookSchemes') ?? ['https'],
      privateTargets: value('webhookPrivateTargets') ?? false,
      key: value('webhookKey'),
    },
    allowedHosts: value('allowedHosts'),
    allowedOrigins: value('corsAllowedOrigins') ?? [],
    openAccess: value('openAccess') ?? false,
    publicUrl: value('publicUrl') ?? `http://localhost:${value('port') ?? settings.port.defaultText}`,
    oidc: oidcSettings(value),
    sessionSeconds: (value('sessionHours') ?? Number(settings.sessionHours.defaultText)) * 3600,
    ociLegacyTargets: value('ociLegacyTargets') ?? true,
  })
}

/** @throws SettingError */
function patternOfMlflow(text: string | undefined): LinearPattern | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return sourcePattern(text)
  } catch (error) {
    throw error instanceof SettingError ? new SettingError(`${mlflowSourcePattern} ${error.message}`) : error
  }
}

type Value = <N extends SettingName>(name: N) => ReturnType<(typeof settings)[N]['read']> | undefined

/** @throws SettingError when something is said of a provider that is not named */
function oidcSettings(value: Value): OidcSettings | undefined {
  const issuer = value('oidcIssuer')
  const clientSecret = value('oidcClientSecret')
  const administratorGroup = value('oidcAdministratorGroup')
  if (issuer === undefined) {
    const orphan = (Object.keys(settings) as SettingName[]).find(
      (name) => name.startsWith('oidc') && value(name) !== undefined,
    )
    if (orphan !== undefined) throw new SettingError(`--${settings[orphan].flag} needs --${settings.oidcIssuer.flag}`)
    return undefined
  }
  const clientId = value('oidcClientId') ?? settings.oidcClientId.defaultText
  return {
    issuer,
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    scope: value('oidcScope') ?? settings.oidcScope.defaultText,
    nameClaim: value('oidcNameClaim') ?? settings.oidcNameClaim.defaultText,
    groupsClaim: value('oidcGroupsClaim') ?? settings.oidcGroupsClaim.defaultText,
    groupMap: value('oidcGroupMap') ?? new Map(),
    ...(administratorGroup === undefined ? {} : { administratorGroup }),
    audience: value('oidcAudience') ?? clientId,
  }
}

function databaseOf(url: string | undefined, dataDir: string): ServerConfig['database'] {
  if (url === undefined) return { engine: 'sqlite', file: resolve(dataDir, 'runstead.db') }
  if (!url.startsWith('sqlite:')) return { engine: 'postgres', url }
  return { engine: 'sqlite', file: resolve(url.replace(/^sqlite:(\/\/(?=\/))?/, '')) }
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
    if (!known.includes(flag)) throw new SettingError(`Unknown flag --${flag}.${flagHint(flag, known)}`)
    const setting = all.find((candidate) => candidate.flag === flag)
    const earlier = flags.get(flag)
    if (earlier !== undefined && !setting?.isRepeatable) throw new SettingError(`--${flag} is given twice.`)
    const isSwitch = setting?.isSwitch === true
    const value = equals !== -1 ? arg.slice(equals + 1) : isSwitch ? 'true' : args[++index]
    if (value === undefined) throw new SettingError(`--${flag} needs a value.`)
    flags.set(flag, earlier === undefined ? value : `${earlier},${value}`)
  }
  return flags
}

/** Variables of the test and benchmark suites, which are not settings of the server. */
const otherVariables =
  /^RUNSTEAD_((PYTHON|TEST|CONFORMANCE|BENCH)_|(VERSITYGW|REPLAY|DURABILITY_ROUNDS|ARTIFACT_MIB|SERVER_PID)$)/

function refuseUnknownVariable(name: string): void {
  if (!name.startsWith('RUNSTEAD_') || otherVariables.test(name)) return
  const known = Object.values(settings).map((setting) => environmentVariableOf(setting.flag))
  if (!known.includes(name)) throw new SettingError(`Unknown environment variable ${name}.${hint(name, known, '')}`)
}

function flagHint(flag: string, known: readonly string[]): string {
  const advice = adviceOnFlag(flag)
  return advice === undefined ? hint(flag, known, '--') : ` ${advice}`
}

function hint(word: string, known: readonly string[], prefix: string): string {
  const closest = closestOf(word, known)
  return closest === undefined ? ' See runstead server --help.' : ` Did you mean ${prefix}${closest}?`
}
