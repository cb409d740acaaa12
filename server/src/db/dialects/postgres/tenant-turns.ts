/**
 * Keeps transactions of one tenant apart once they have met: whoever tries again does so alone, and newcomers wait for
 * that. Without it, many transactions on one row (creating experiments in one workspace) would go on failing each other.
 */
export class TenantTurns {
  readonly #tails = new Map<number, Promise<void>>()

  /** Runs `work` after those of the tenant that run alone at the moment. */
  async after<T>(tenant: number, work: () => Promise<T>): Promise<T> {
    await this.#tails.get(tenant)
    return await work()
  }

  /** Runs `work` alone among those of the tenant that run alone. */
  async alone<T>(tenant: number, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(tenant)
    const { promise, resolve } = Promise.withResolvers<void>()
    const tail = Promise.resolve(before).then(() => promise)
    this.#tails.set(tenant, tail)
    await before
    try {
      return await work()
    } finally {
      resolve()
      if (this.#tails.get(tenant) === tail) this.#tails.delete(tenant)
    }
  }
}
