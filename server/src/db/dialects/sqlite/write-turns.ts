/** A transaction's turn. */
export interface Turn {
  /** Resolves when it has come. */
  readonly begun: Promise<void>
  /** Ends it, or gives it up when it comes. */
  end(): Promise<void>
}

/**
 * Turns on a write connection: an interactive transaction has it alone, group commits only wait for transactions that
 * came before them.
 */
export class WriteTurns {
  #tail: Promise<void> = Promise.resolve()
  #transactions = 0
  #groups = 0

  /** Queues up. */
  enter(): Turn {
    const begun = this.#tail
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#tail = promise
    this.#transactions++
    return {
      begun,
      end: async () => {
        await begun
        this.#transactions--
        resolve()
      },
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
