/** Values that one server has answered, by the names under which cases ask for them. */
export type Captures = Map<string, string>

/** Puts captured values in place of `{{name}}`; a name never captured stays readable, so that the answer shows it. */
export function fill(text: string, captures: Captures): string {
  return text.replace(/\{\{([\w.]+)\}\}/g, (_, name: string) => captures.get(name) ?? `never-captured-${name}`)
}

/** Takes the wanted values out of a JSON answer; a value that is not there is left out. */
export function capture(wanted: Readonly<Record<string, string>>, body: string, captures: Captures): void {
  const names = Object.entries(wanted)
  if (names.length === 0) return
  const answer = parsed(body)
  for (const [name, path] of names) {
    const value = path.split('.').reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), answer)
    if (typeof value === 'string' && value !== '') captures.set(name, value)
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
