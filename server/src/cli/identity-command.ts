import { readServerConfig } from '../config/server-config.ts'
import { SettingError } from '../config/setting-error.ts'
import { defaultPlatformId } from '../features/workspaces/workspace-store.ts'
import { type Action, type Flag, hint, readCommandLine } from './command-line.ts'
import { groupActions } from './group-actions.ts'
import { type IdentitySession, openIdentitySession, type Terminal } from './identity-session.ts'
import { keyActions } from './key-actions.ts'
import { tokenActions } from './token-actions.ts'
import { userActions } from './user-actions.ts'

const nouns = { user: userActions, group: groupActions, token: tokenActions, key: keyActions } as const

/** What `runstead` can manage: users, groups, tokens, keys. */
export type IdentityNoun = keyof typeof nouns

const where: Readonly<Record<string, Flag>> = {
  'data-dir': { placeholder: 'DIRECTORY', help: 'As of runstead server. Default: ./runstead-data' },
  database: { placeholder: 'URL', help: 'As of runstead server. Default: sqlite:<data-dir>/runstead.db' },
  platform: { placeholder: 'ID', help: `Default: ${defaultPlatformId}` },
}

/**
 * `runstead user|group|token|key …`: works on the configured database, also while servers run on it; they notice within a
 * second. Whoever may open the database needs no login.
 *
 * @throws SettingError, AppError with a message for the person at the terminal
 */
export async function runIdentityCommand(
  noun: IdentityNoun,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<void> {
  const [name = '--help', ...rest] = args
  const actions = nouns[noun]
  if (name === '--help' || name === '-h' || name === 'help') return print(terminal, nounHelp(noun, actions))
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action === undefined) {
    throw new SettingError(
      `unknown command '${noun} ${name}'.${hint(name, Object.keys(actions), `${noun} `, `runstead ${noun}`)}`,
    )
  }
  const usage = usageOf(noun, name, action)
  if (rest.includes('--help') || rest.includes('-h')) return print(terminal, actionHelp(usage, action))
  const { values, flags } = readCommandLine(rest, { ...action.flags, ...where }, action.takes, usage)
  const settings = ['data-dir', 'database'].flatMap((flag) => {
    const value = flags.get(flag)
    return value === undefined ? [] : [`--${flag}`, value]
  })
  const config = readServerConfig(settings, environment)
  const platformId = flags.get('platform') ?? defaultPlatformId
  const command = { name: `runstead ${noun} ${name}`, target: values.length === 0 ? '' : `name:${values.join('/')}` }
  await using session = await openIdentitySession(config, platformId, action.makesDatabase === true, terminal, command)
  await action.run(session, values, flags)
}

function print(terminal: Terminal, lines: readonly string[]): void {
  for (const line of lines) terminal.print(line)
}

function usageOf(noun: IdentityNoun, name: string, { takes }: Action<IdentitySession>): string {
  return ['runstead', noun, name, ...takes].join(' ')
}

function nounHelp(noun: IdentityNoun, actions: Readonly<Record<string, Action<IdentitySession>>>): string[] {
  const usages = Object.entries(actions).map(([name, action]) => [usageOf(noun, name, action), action.summary] as const)
  return [
    'Usage:',
    ...usages.flatMap(([usage, summary]) => [`  ${usage}`, `      ${summary}`]),
    '',
    `Flags of each: runstead ${noun} COMMAND --help`,
    ...flagLines(where),
  ]
}

function actionHelp(usage: string, action: Action<IdentitySession>): string[] {
  return [`Usage: ${usage} [flags]`, `  ${action.summary}`, '', 'Flags:', ...flagLines({ ...action.flags, ...where })]
}

function flagLines(flags: Readonly<Record<string, Flag>>): string[] {
  return Object.entries(flags).flatMap(([name, { placeholder, help }]) => [
    `  --${name}${placeholder === undefined ? '' : ` ${placeholder}`}`,
    `      ${help}`,
  ])
}
