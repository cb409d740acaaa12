import { SettingError } from './setting-error.ts'
import { type Setting, trueOrFalse } from './setting-kinds.ts'

const keyBytes = 32

function schemes(value: string): readonly ('http' | 'https')[] {
  const known = ['https', 'http'] as const
  const given = value.split(',').map((scheme) => known.find((one) => one === scheme.trim()))
  const all = given.filter((scheme) => scheme !== undefined)
  if (all.length < given.length) throw new SettingError('must be https, or https,http')
  return all
}

function base64Key(value: string): Buffer {
  const key = Buffer.from(value, 'base64')
  if (key.length !== keyBytes) throw new SettingError(`must be ${keyBytes} bytes in base64`)
  return key
}

/** Where webhooks may go, and what keeps their secrets. */
export const webhookSettings = {
  webhookSchemes: {
    flag: 'webhook-schemes',
    placeholder: 'SCHEMES',
    help: 'Schemes that URLs of webhooks may have: https, or https,http.',
    defaultText: 'https',
    read: schemes,
  },
  webhookPrivateTargets: {
    flag: 'webhook-private-targets',
    placeholder: '[true|false]',
    help: 'Lets webhooks go to private and loopback addresses.',
    defaultText: 'false',
    read: trueOrFalse,
    isSwitch: true,
  },
  webhookKey: {
    flag: 'webhook-key',
    placeholder: 'BASE64',
    help: 'Key of 32 bytes that encrypts the secrets of webhooks; servers with one database need the same.',
    defaultText: 'a key made at the first start, in <data-dir>/webhook.key',
    read: base64Key,
  },
} as const satisfies Record<string, Setting<unknown>>
