import { artifactSettings } from './artifact-settings.ts'
import { browserSettings } from './browser-settings.ts'
import { loginSettings } from './login-settings.ts'
import { registrySettings } from './registry-settings.ts'
import { SettingError } from './setting-error.ts'
import { integer, oneOf, type Setting, text, trueOrFalse } from './setting-kinds.ts'
import { webhookSettings } from './webhook-settings.ts'

function databaseUrl(value: string): string {
  if (!/^(postgres|postgresql|sqlite):/.test(value)) {
    throw new SettingError('must start with postgres://, postgresql:// or sqlite:')
  }
  return value
}

export const settings = {
  host: {
    flag: 'host',
    placeholder: 'ADDRESS',
    help: 'Address to listen on.',
    defaultText: '127.0.0.1',
    read: text,
  },
  port: {
    flag: 'port',
    placeholder: 'NUMBER',
    help: 'Port to listen on; 0 takes a free one.',
    defaultText: '5000',
    read: integer(0, 65_535),
  },
  dataDir: {
    flag: 'data-dir',
    placeholder: 'DIRECTORY',
    help: 'Where the SQLite file and the artifacts lie unless the next two say otherwise.',
    defaultText: './runstead-data',
    read: text,
  },
  database: {
    flag: 'database',
    placeholder: 'URL',
    help: 'postgres://user:password@host/name, or sqlite:PATH.',
    defaultText: 'sqlite:<data-dir>/runstead.db',
    read: databaseUrl,
  },
  ...artifactSettings,
  logLevel: {
    flag: 'log-level',
    placeholder: 'LEVEL',
    help: 'debug, info, warn, error or silent. Logs are JSON lines on standard error.',
    defaultText: 'info',
    read: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  },
  maxBodyBytes: {
    flag: 'max-body-bytes',
    placeholder: 'BYTES',
    help: 'Greatest JSON request body; artifact uploads have no limit.',
    defaultText: '33554432',
    read: integer(1_048_576, 1_073_741_824),
  },
  ...browserSettings,
  openAccess: {
    flag: 'open-access',
    placeholder: '[true|false]',
    help: 'Lets everyone in who can reach the server, as administrator, as long as it has no users.',
    defaultText: 'false: only on a loopback address',
    read: trueOrFalse,
    isSwitch: true,
  },
  auditLogging: {
    flag: 'audit-logging',
    placeholder: 'MODE',
    help: 'How calls that log metrics, params, tags and files are in the audit log: minute (counted), each or off.',
    defaultText: 'minute',
    read: oneOf('minute', 'each', 'off'),
  },
  auditRetentionDays: {
    flag: 'audit-retention-days',
    placeholder: 'DAYS',
    help: 'How long the audit log is kept; 0 keeps it for ever.',
    defaultText: '400',
    read: integer(0, 36_500),
  },
  rateLimit: {
    flag: 'rate-limit',
    placeholder: 'REQUESTS',
    help: 'Requests a second that one caller may send for long; 0 sets no limit.',
    defaultText: '10000',
    read: integer(0, 10_000_000),
  },
  rateBurst: {
    flag: 'rate-burst',
    placeholder: 'REQUESTS',
    help: 'Requests that one caller may send at once after a rest.',
    defaultText: '100000',
    read: integer(1, 100_000_000),
  },
  ...registrySettings,
  ...webhookSettings,
  ...loginSettings,
} as const satisfies Record<string, Setting<unknown>>

export type SettingName = keyof typeof settings

/** `RUNSTEAD_DATA_DIR` for `data-dir`. */
export function environmentVariableOf(flag: string): string {
  return `RUNSTEAD_${flag.toUpperCase().replaceAll('-', '_')}`
}
