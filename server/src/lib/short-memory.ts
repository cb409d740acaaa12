interface Remembered<Value> {
  readonly value: Value
  readonly until: number
}

/**
 * What was found out about things, each believed for a while; a bounded number, beyond which everything is forgotten. `now` is
 * in ms, of the clock that the caller goes by.
 */
export class ShortMemory<Value> {
  readonly #forMs: number
  readonly #most: number
  readonly #remembered = new Map<string, Remembered<Value>>()

  constructor(forMs: number, most: number) {
    this.#forMs = forMs
    this.#most = most
  }

  get(id: string, now: number): Value | undefined {
    const remembered = this.#remembered.get(id)
    return remembered !== undefined && remembered.until > now ? remembered.value : undefined
  }

  set(id: string, value: Value, now: number): void {
    if (this.#remembered.size >= this.#most && !this.#remembered.has(id)) this.#remembered.clear()
    this.#remembered.set(id, { value, until: now + this.#forMs })
  }

  delete(id: string): void {
    this.#remembered.delete(id)
  }

  clear(): void {
    this.#remembered.clear()
  }
}
