import { hostRule, readOrigin } from '../lib/host-rules.ts'
import { SettingError } from './setting-error.ts'
import type { Setting } from './setting-kinds.ts'

/** @throws SettingError for an entry that means nothing */
function hostList(value: string): readonly string[] {
  const hosts = listOf(value)
  for (const host of hosts) {
    try {
      hostRule(host)
    } catch (error) {
      if (error instanceof RangeError) throw new SettingError(error.message)
      throw error
    }
  }
  return hosts
}

/** @throws SettingError for an entry that is no origin */
function originList(value: string): readonly string[] {
  const origins = listOf(value)
  for (const origin of origins) {
    const withoutWildcard = origin.replace(/^(https?:\/\/)\*\.(?=[^*]+$)/i, '$1')
    if (origin === '*' || readOrigin(withoutWildcard) !== undefined) continue
    throw new SettingError('must be origins such as https://app.example.com, https://*.example.com or *')
  }
  return origins
}

function listOf(value: string): string[] {
  const entries = value.split(',').map((entry) => entry.trim())
  if (entries.includes('')) throw new SettingError('must not be empty')
  return entries
}

/** What is allowed to browsers; the names are MLflow's. */
export const browserSettings = {
  allowedHosts: {
    flag: 'allowed-hosts',
    placeholder: 'NAMES',
    help: 'Hosts that requests may be addressed to, comma-separated: names, *.example.com, networks such as 10.0.0.0/8 or 10.*, or * for all.',
    defaultText: 'local and private addresses, and the values of --host and --public-url',
    read: hostList,
  },
  corsAllowedOrigins: {
    flag: 'cors-allowed-origins',
    placeholder: 'ORIGINS',
    help: 'Other sites whose pages may read and write, comma-separated: exact origins, with cookies; https://*.example.com or *, without.',
    defaultText: 'none; pages of this machine may write',
    read: originList,
  },
} as const satisfies Record<string, Setting<unknown>>
