/**
 * Turns on a write connection: an interactive transaction has it alone, group commits only wait for transactions that
 * came before them.
 */
export class WriteTurns {
  #tail: Promise<void> = Promise.resolve()
  #transactions = 0
  #groups = 0

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

  /** Whether the next turn is another transaction's: one waits, and no group commit was there before it. */
  get nextIsTransaction(): boolean {
    return this.#transactions > 1 && this.#groups === 0
  }

  /** Resolves when every transaction that came before is over; undefined when there is none. */
  transactionsBefore(): Promise<void> | undefined {
    if (this.#transactions === 0) return undefined
    // Counted down in the same tick in which the group goes on: whoever came after it must still come after it.
    this.#groups++
    void this.#tail.then(() => {
      this.#groups--
    })
    return this.#tail
  }
}
