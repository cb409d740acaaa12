import type { Database, Tx } from '../../db/database.ts'
import type { Platform } from '../../lib/tenant.ts'

const mostInOneTransaction = 500

/** Gathers when tokens and keys were last used and writes it now and then, so that a use costs no write. */
export class UseLog implements AsyncDisposable {
  readonly #db: Database
  readonly #onError: (error: unknown) => void
  readonly #timer: NodeJS.Timeout
  #tokens = new Map<Platform, Map<string, number>>()
  #keys = new Map<Platform, Map<string, number>>()

  /** @param every milliseconds between writes */
  constructor(db: Database, onError: (error: unknown) => void, every = 60_000) {
    this.#db = db
    this.#onError = onError
    this.#timer = setInterval(() => void this.#write(), every)
    this.#timer.unref()
  }

  token(platform: Platform, tokenId: string, now: number): void {
    noteIn(this.#tokens, platform, tokenId, now)
  }

  /** @param keyId `<tenancy>/<user id>/<fingerprint>` */
  key(platform: Platform, keyId: string, now: number): void {
    noteIn(this.#keys, platform, keyId, now)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#write()
  }

  async #write(): Promise<void> {
    const [tokens, keys] = [this.#tokens, this.#keys]
    this.#tokens = new Map()
    this.#keys = new Map()
    try {
      for (const [platform, uses] of tokens) await this.#inParts(platform, uses, writeTokenUse)
      for (const [platform, uses] of keys) await this.#inParts(platform, uses, writeKeyUse)
    } catch (error) {
      this.#onError(error)
    }
  }

  async #inParts(platform: Platform, uses: ReadonlyMap<string, number>, write: typeof writeTokenUse): Promise<void> {
    // In one order, so that two processes cannot wait for each other.
    const all = [...uses].sort(([a], [b]) => (a < b ? -1 : 1))
    for (let start = 0; start < all.length; start += mostInOneTransaction) {
      const part = all.slice(start, start + mostInOneTransaction)
      await this.#db.write(platform, async (tx) => {
        for (const [id, at] of part) await write(tx, platform, id, at)
      })
    }
  }
}

function noteIn(all: Map<Platform, Map<string, number>>, platform: Platform, id: string, now: number): void {
  const uses = all.get(platform)
  if (uses === undefined) all.set(platform, new Map([[id, now]]))
  else uses.set(id, now)
}

async function writeTokenUse(tx: Tx, platform: Platform, id: string, at: number): Promise<void> {
  await tx
    .updateTable('api_tokens')
    .set({ last_used: at })
    .where('tenant', '=', platform)
    .where('id', '=', id)
    .where((expression) => expression.or([expression('last_used', 'is', null), expression('last_used', '<', at)]))
    .execute()
}

async function writeKeyUse(tx: Tx, platform: Platform, keyId: string, at: number): Promise<void> {
  const [, userId = '', fingerprint = ''] = keyId.split('/')
  await tx
    .updateTable('api_keys')
    .set({ last_used: at })
    .where('tenant', '=', platform)
    .where('user_id', '=', userId)
    .where('fingerprint', '=', fingerprint)
    .where((expression) => expression.or([expression('last_used', 'is', null), expression('last_used', '<', at)]))
    .execute()
}
