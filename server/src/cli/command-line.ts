import { SettingError } from '../config/setting-error.ts'
import { closestOf } from '../lib/closest.ts'

/** A flag of an action; without a placeholder it is a switch. */
export interface Flag {
  readonly placeholder?: string
  readonly help: string
}

/** What can be done to a noun on the command line. */
export interface Action<Session> {
  readonly summary: string
  /** Names of what must follow, such as `NAME`. */
  readonly takes: readonly string[]
  readonly flags?: Readonly<Record<string, Flag>>
  /** Whether it may make a database where there is none. */
  readonly makesDatabase?: boolean
  run(session: Session, values: readonly string[], flags: Flags): Promise<void>
}

/** The flags that were given; a switch has the value `true`. */
export type Flags = ReadonlyMap<string, string>

export interface CommandLine {
  readonly values: readonly string[]
  readonly flags: Flags
}

/**
 * Reads what follows an action.
 *
 * @param known every flag that may be given
 * @param takes names of the values that must be given
 * @param usage for the message when values are missing or too many
 * @throws SettingError with a message for the person at the terminal
 */
export function readCommandLine(
  args: readonly string[],
  known: Readonly<Record<string, Flag>>,
  takes: readonly string[],
  usage: string,
): CommandLine {
  const flags = new Map<string, string>()
  const values: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!
    if (!arg.startsWith('--')) {
      values.push(arg)
      continue
    }
    const equals = arg.indexOf('=')
    const name = arg.slice(2, equals === -1 ? undefined : equals)
    const flag = Object.hasOwn(known, name) ? known[name] : undefined
    if (flag === undefined)
      throw new SettingError(`Unknown flag --${name}.${hint(name, Object.keys(known), '--', usage)}`)
    if (flags.has(name)) throw new SettingError(`--${name} is given twice.`)
    const isSwitch = flag.placeholder === undefined
    if (isSwitch && equals !== -1) throw new SettingError(`--${name} takes no value.`)
    const value = isSwitch ? 'true' : equals === -1 ? args[++index] : arg.slice(equals + 1)
    if (value === undefined) throw new SettingError(`--${name} needs a value.`)
    flags.set(name, value)
  }
  if (values.length < takes.length) throw new SettingError(`${takes[values.length]} is missing. Usage: ${usage}`)
  if (values.length > takes.length)
    throw new SettingError(`Unexpected argument '${values[takes.length]}'. Usage: ${usage}`)
  return { values, flags }
}

/** ` Did you mean x?`, or where to look. */
export function hint(word: string, known: readonly string[], prefix: string, see: string): string {
  const closest = closestOf(word, known)
  return closest === undefined
    ? ` See ${see.split(' ').slice(0, 3).join(' ')} --help.`
    : ` Did you mean ${prefix}${closest}?`
}
