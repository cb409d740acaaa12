/**
 * Turns on a write connection: an interactive transaction has it alone, group commits only wait for transactions that
 * came before them.
 */
export class WriteTurns {
  #tail: Promise<void> = Promise.resolve()
  #transactions = 0

  /** Runs `work` alone. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#tail
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#tail = promise
    this.#transactions++
    await before
    try {
      return await work()
    } finally {
      this.#transactions--
      resolve()
    }
  }

  /** Resolves when every transaction that came before is over; undefined when there is none. */
  transactionsBefore(): Promise<void> | undefined {
    return this.#transactions === 0 ? undefined : this.#tail
  }
}
