import { SettingError } from '../config/setting-error.ts'
import { createToken, revokeToken } from '../features/identities/token-service.ts'
import { listTokens } from '../features/identities/token-store.ts'
import { getUser } from '../features/identities/user-store.ts'
import type { AccessLevel } from '../lib/caller.ts'
import type { Action } from './command-line.ts'
import type { IdentitySession } from './identity-session.ts'
import { tableLines, timeText, tokenCells, tokenHead } from './identity-text.ts'

const unitMs = { h: 3_600_000, d: 86_400_000 } as const

export const tokenActions: Readonly<Record<string, Action<IdentitySession>>> = {
  create: {
    summary: 'Make an API token for a user and print it. It is not kept: only its SHA-256 is.',
    takes: ['USER'],
    flags: {
      name: { placeholder: 'NAME', help: 'What it is for. Default: the date.' },
      access: {
        placeholder: 'LEVEL',
        help: 'read; write: also log and change data; admin: also what else the user may do. Default: write.',
      },
      expires: { placeholder: 'TIME', help: 'After this long, such as 12h or 90d. Default: never.' },
      workspaces: {
        placeholder: 'KEYS',
        help: 'The only workspaces that it is good for, comma-separated. Default: all.',
      },
    },
    async run(session, [name = ''], flags) {
      const { platform, now } = session
      const { row, secret } = await session.change(async (tx) =>
        createToken(tx, platform, now, await getUser(tx, platform, name), {
          name: flags.get('name') ?? timeText(now),
          access: accessOf(flags.get('access') ?? 'write'),
          expires: expiryOf(flags.get('expires'), now),
          workspaces:
            flags
              .get('workspaces')
              ?.split(',')
              .map((key) => key.trim()) ?? [],
        }),
      )
      session.note(`Token ${row.id} of '${name}', access ${row.access}, expires: ${timeText(row.expires)}.`)
      session.note('It is shown this once. Use it as MLFLOW_TRACKING_TOKEN:')
      session.print(secret)
    },
  },
  list: {
    summary: 'List the tokens of a user.',
    takes: ['USER'],
    async run({ db, platform, now, print }, [name = '']) {
      const tokens = await listTokens(db.read, await getUser(db.lookup, platform, name))
      const rows = tokens.map((token) => tokenCells(token, now))
      for (const line of tableLines(tokenHead, rows, `User '${name}' has no tokens.`)) print(line)
    },
  },
  revoke: {
    summary: 'Refuse a token from now on.',
    takes: ['USER', 'TOKEN'],
    async run(session, [name = '', token = '']) {
      const { platform, now } = session
      await session.change(async (tx) => revokeToken(tx, now, await getUser(tx, platform, name), token))
      session.note(`Revoked token ${token} of '${name}'.`)
    },
  },
}

function accessOf(text: string): AccessLevel {
  if (text === 'read' || text === 'write' || text === 'admin') return text
  throw new SettingError(`--access must be one of read, write, admin; it is '${text}'`)
}

function expiryOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const [, amount, unit] = /^([1-9]\d{0,4})([hd])$/.exec(text) ?? []
  if (amount === undefined)
    throw new SettingError(`--expires must be hours or days such as 12h or 90d; it is '${text}'`)
  return now + Number(amount) * unitMs[unit as keyof typeof unitMs]
}
