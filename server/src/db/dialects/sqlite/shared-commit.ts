/** Transactions that share a commit at most. */
const most = 16

/**
 * One commit for transactions that wait for each other anyway: each is a savepoint in the transaction of the connection, and
 * the last of them commits for all. What a transaction has written is acknowledged after that commit.
 */
export class SharedCommit {
  #done: PromiseWithResolvers<void> | undefined
  #members = 0

  /** Whether no further transaction may join. */
  get isFull(): boolean {
    return this.#members >= most
  }

  /** Takes the transaction that has just opened its savepoint in. @returns what resolves when all is on disk */
  join(): Promise<void> {
    if (this.#done === undefined) {
      this.#done = Promise.withResolvers<void>()
      // Whoever fails in between does not wait for it.
      this.#done.promise.catch(() => undefined)
    }
    this.#members++
    return this.#done.promise
  }

  /** Ends it for everyone: `commit` commits. Never rejects: who joined gets the error. */
  async end(commit: () => Promise<void>): Promise<void> {
    const done = this.#done
    if (done === undefined) return
    this.#done = undefined
    this.#members = 0
    await commit().then(done.resolve, done.reject)
  }
}
