/** Tells whether a text as a whole matches. */
export interface LinearPattern {
  /** Takes time that grows with the length of the text alone. */
  matches(text: string): boolean
}

/** What a pattern becomes, at most: each character of a text may meet all of it. */
const mostSteps = 2_000
const mostRepeats = 1_000

type Part =
  | { readonly kind: 'character'; readonly test: (character: string) => boolean }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly least: number; readonly most: number }
  | { readonly kind: 'start' | 'end' }

type Step =
  | { readonly kind: 'character'; readonly test: (character: string) => boolean }
  /** Goes on at both places. */
  | { readonly kind: 'fork'; next: number; other: number }
  | { readonly kind: 'start' | 'end' | 'found' }

/**
 * Reads a regular expression in what Python and JavaScript share: characters, `.`, classes, `\d \w \s` and their opposites,
 * groups, `|`, `* + ? {m,n}`, `^` and `$`. It must match the whole text. All ways of matching are followed at once, so no text
 * makes it slow.
 *
 * @throws RangeError that says what is wrong with the pattern, or is not among these
 */
export function linearPattern(source: string): LinearPattern {
  const steps: Step[] = []
  append(steps, new PatternParser(source).parse())
  steps.push({ kind: 'found' })
  return { matches: (text) => run(steps, [...text]) }
}

function run(steps: readonly Step[], characters: readonly string[]): boolean {
  let places = reach(steps, [0], true, characters.length === 0)
  for (const [index, character] of characters.entries()) {
    const next: number[] = []
    for (const place of places) {
      const step = steps[place]
      if (step?.kind === 'character' && step.test(character)) next.push(place + 1)
    }
    if (next.length === 0) return false
    places = reach(steps, next, false, index === characters.length - 1)
  }
  return places.some((place) => steps[place]?.kind === 'found')
}

/** The places that are reached without another character. */
function reach(steps: readonly Step[], from: readonly number[], atStart: boolean, atEnd: boolean): number[] {
  const seen = new Set(from)
  for (const place of seen) {
    const step = steps[place]
    if (step?.kind === 'fork') seen.add(step.next).add(step.other)
    else if ((step?.kind === 'start' && atStart) || (step?.kind === 'end' && atEnd)) seen.add(place + 1)
  }
  return [...seen]
}

function append(steps: Step[], part: Part): void {
  if (steps.length > mostSteps) throw new RangeError('is too large')
  switch (part.kind) {
    case 'sequence':
      for (const one of part.parts) append(steps, one)
      return
    case 'choice':
      appendChoice(steps, part.parts)
      return
    case 'repeat':
      appendRepeat(steps, part)
      return
    default:
      steps.push(part)
  }
}

function appendFork(steps: Step[]): { next: number; other: number } {
  const fork = { kind: 'fork' as const, next: steps.length + 1, other: steps.length + 1 }
  steps.push(fork)
  return fork
}

function appendChoice(steps: Step[], [first, ...rest]: readonly Part[]): void {
  if (first === undefined) return
  if (rest.length === 0) {
    append(steps, first)
    return
  }
  const fork = appendFork(steps)
  append(steps, first)
  const end = appendFork(steps)
  fork.other = steps.length
  appendChoice(steps, rest)
  end.next = steps.length
  end.other = steps.length
}

function appendRepeat(steps: Step[], { part, least, most }: Part & { readonly kind: 'repeat' }): void {
  for (let count = 0; count < least; count++) append(steps, part)
  if (most === Number.POSITIVE_INFINITY) {
    const start = steps.length
    const fork = appendFork(steps)
    append(steps, part)
    appendFork(steps).next = start
    fork.other = steps.length
    return
  }
  const forks: { other: number }[] = []
  for (let count = least; count < most; count++) {
    forks.push(appendFork(steps))
    append(steps, part)
  }
  for (const fork of forks) fork.other = steps.length
}

class PatternParser {
  readonly #characters: readonly string[]
  #place = 0

  constructor(source: string) {
    this.#characters = [...source]
  }

  parse(): Part {
    const part = this.#choice(0)
    if (this.#place < this.#characters.length) throw new RangeError("has a ')' too many")
    return part
  }

  #peek(): string | undefined {
    return this.#characters[this.#place]
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false
    this.#place++
    return true
  }

  #choice(depth: number): Part {
    if (depth > 100) throw new RangeError('has too many groups inside each other')
    const parts = [this.#sequence(depth)]
    while (this.#take('|')) parts.push(this.#sequence(depth))
    return { kind: 'choice', parts }
  }

  #sequence(depth: number): Part {
    const parts: Part[] = []
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      parts.push(this.#repeated(this.#atom(depth)))
    }
    return { kind: 'sequence', parts }
  }

  #repeated(part: Part): Part {
    const [least, most] = this.#count() ?? []
    if (least === undefined || most === undefined) return part
    // Whether more or less is tried first plays no role when the whole text must match.
    this.#take('?')
    if ('*+?{'.includes(this.#peek() ?? ' ')) throw new RangeError('repeats a repetition')
    return { kind: 'repeat', part, least, most }
  }

  #count(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY]
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY]
    if (this.#take('?')) return [0, 1]
    if (this.#peek() !== '{') return undefined
    const end = this.#characters.indexOf('}', this.#place)
    const text = this.#characters.slice(this.#place, end + 1).join('')
    const [, least = '', comma, most = ''] = /^\{(\d+)(,)?(\d*)\}$/.exec(text) ?? []
    const highest = comma === undefined ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most)
    if (least === '' || Number(least) > highest) throw new RangeError(`has a count that is none: '${text || '{'}'`)
    if (Number(least) > mostRepeats || (most !== '' && highest > mostRepeats)) throw new RangeError('is too large')
    this.#place = end + 1
    return [Number(least), highest]
  }

  #atom(depth: number): Part {
    const character = this.#characters[this.#place++] ?? ''
    switch (character) {
      case '(': {
        if (this.#take('?') && !this.#take(':')) throw new RangeError("may have no groups but '(…)' and '(?:…)'")
        const part = this.#choice(depth + 1)
        if (!this.#take(')')) throw new RangeError("lacks a ')'")
        return part
      }
      case '[':
        return this.#characterClass()
      case '\\':
        return this.#escape()
      case '^':
        return { kind: 'start' }
      case '$':
        return { kind: 'end' }
      case '.':
        return { kind: 'character', test: (other) => other !== '\n' }
      case '*':
      case '+':
      case '?':
      case '{':
        throw new RangeError('repeats nothing')
      default:
        return { kind: 'character', test: (other) => other === character }
    }
  }

  #escape(): Part {
    const character = this.#characters[this.#place++]
    if (character === undefined) throw new RangeError("ends in a '\\'")
    if ('dDwWsS'.includes(character)) return oneOf(`[\\${character}]`)
    if (/[\p{L}\p{N}]/u.test(character)) throw new RangeError(`may not have '\\${character}'`)
    return { kind: 'character', test: (other) => other === character }
  }

  #characterClass(): Part {
    let text = this.#take('^') ? '[^' : '['
    if (this.#peek() === ']') throw new RangeError("has a class that begins with ']'; write '\\]'")
    while (!this.#take(']')) {
      const character = this.#characters[this.#place++]
      if (character === undefined) throw new RangeError("lacks a ']'")
      if (character !== '\\') {
        text += character
        continue
      }
      const escaped = this.#characters[this.#place++] ?? ''
      if (/[\p{L}\p{N}]/u.test(escaped) && !'dDwWsS'.includes(escaped))
        throw new RangeError(`may not have '\\${escaped}'`)
      text += /[\^$\\.*+?()[\]{}|/-]/.test(escaped) || 'dDwWsS'.includes(escaped) ? `\\${escaped}` : escaped
    }
    return oneOf(`${text}]`)
  }
}

function oneOf(characterClass: string): Part {
  try {
    const expression = new RegExp(`^${characterClass}$`, 'u')
    return { kind: 'character', test: (character) => expression.test(character) }
  } catch {
    throw new RangeError(`has a class that is none: '${characterClass}'`)
  }
}
