/** One setting: its flag, its environment variable (`RUNSTEAD_` + upper case), what it does, and how its text is read. */
export interface Setting<T> {
  readonly flag: string
  readonly placeholder: string
  readonly help: string
  /** Shown in `--help`. */
  readonly defaultText: string
  readonly read: (text: string) => T
  /** Whether the flag alone means `true`. */
  readonly isSwitch?: true
}

/** A setting's text breaks its rule; the message names the flag or variable. */
export class SettingError extends Error {}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new SettingError(`must be a whole number from ${min} to ${max}`)
    return value
  }
}

function oneOf<const T extends string>(...values: readonly T[]): (text: string) => T {
  return (text) => {
    const value = values.find((candidate) => candidate === text)
    if (value === undefined) throw new SettingError(`must be one of ${values.join(', ')}`)
    return value
  }
}

function trueOrFalse(value: string): boolean {
  return oneOf('true', 'false')(value) === 'true'
}

function text(value: string): string {
  if (value === '') throw new SettingError('must not be empty')
  return value
}

function databaseUrl(value: string): string {
  if (!/^(postgres|postgresql|sqlite):/.test(value)) {
    throw new SettingError('must start with postgres://, postgresql:// or sqlite:')
  }
  return value
}

function artifactsUrl(value: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) && !value.startsWith('file://')) {
    throw new SettingError('must be a directory or a file:// URL')
  }
  return text(value)
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
  artifacts: {
    flag: 'artifacts',
    placeholder: 'DIRECTORY',
    help: 'Where artifacts are stored: a directory or a file:// URL.',
    defaultText: '<data-dir>/artifacts',
    read: artifactsUrl,
  },
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
  allowedHosts: {
    flag: 'allowed-hosts',
    placeholder: 'NAMES',
    help: 'Host names that requests may be addressed to, comma-separated, `*` as wildcard; * alone allows every one.',
    defaultText: 'local and private addresses, and the value of --host',
    read: text,
  },
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
} as const satisfies Record<string, Setting<unknown>>

export type SettingName = keyof typeof settings

/** `RUNSTEAD_DATA_DIR` for `data-dir`. */
export function environmentVariableOf(flag: string): string {
  return `RUNSTEAD_${flag.toUpperCase().replaceAll('-', '_')}`
}
