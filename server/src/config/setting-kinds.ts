import { SettingError } from './setting-error.ts'

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
  /** Whether the flag may come several times; the variable has the values with commas between them. */
  readonly isRepeatable?: true
}

export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new SettingError(`must be a whole number from ${min} to ${max}`)
    return value
  }
}

export function oneOf<const T extends string>(...values: readonly T[]): (text: string) => T {
  return (text) => {
    const value = values.find((candidate) => candidate === text)
    if (value === undefined) throw new SettingError(`must be one of ${values.join(', ')}`)
    return value
  }
}

export function trueOrFalse(value: string): boolean {
  return oneOf('true', 'false')(value) === 'true'
}

export function text(value: string): string {
  if (value === '') throw new SettingError('must not be empty')
  return value
}
