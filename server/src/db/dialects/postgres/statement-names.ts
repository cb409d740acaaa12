import { createHash } from 'node:crypto'

/**
 * Names for prepared statements. A statement gets one when its text comes back often enough to be worth the server's
 * memory; texts that vary with the request (searches) mostly stay unnamed.
 */
export class StatementNames {
  readonly #worthIt: number
  readonly #most: number
  readonly #seen = new Map<string, number>()
  readonly #names = new Map<string, string>()

  /**
   * @param worthIt how often a text is seen before it gets a name
   * @param most how many names there may be
   */
  constructor(worthIt = 3, most = 400) {
    this.#worthIt = worthIt
    this.#most = most
  }

  /** The name for a text, or undefined while it has none. */
  nameOf(sql: string): string | undefined {
    const name = this.#names.get(sql)
    if (name !== undefined || this.#names.size >= this.#most) return name
    const seen = (this.#seen.get(sql) ?? 0) + 1
    if (seen >= this.#worthIt) {
      this.#seen.delete(sql)
      return this.#nameNow(sql)
    }
    this.#seen.delete(sql)
    this.#seen.set(sql, seen)
    if (this.#seen.size > this.#most) this.#seen.delete(this.#seen.keys().next().value!)
    return undefined
  }

  /** The name for a text that is known not to vary. */
  nameAlways(sql: string): string {
    return this.#names.get(sql) ?? this.#nameNow(sql)
  }

  #nameNow(sql: string): string {
    const name = `r_${createHash('sha256').update(sql).digest('base64url').slice(0, 22)}`
    this.#names.set(sql, name)
    return name
  }
}
