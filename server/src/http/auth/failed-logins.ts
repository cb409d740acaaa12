import { isIPv6 } from 'node:net'

/** Different wrong credentials that an address or account may try before it has to wait. */
const freeTries = 10
/** Milliseconds after the last failure when it is forgotten. */
const memory = 15 * 60_000
const longestWait = 60_000
const mostPlaces = 10_000
const mostCredentials = 16

interface Failures {
  count: number
  lastAt: number
  blockedUntil: number
  /** Digests of the latest wrong credentials: a client that repeats one is misconfigured, not guessing. */
  credentials: string[]
}

/**
 * Remembers failed logins, by address and by account, and makes guessing slow: after 10 different wrong credentials each
 * further one doubles the wait, from 1 s to 60 s. Nobody is locked out for good: after the wait the next try is judged, and
 * 15 minutes without a failure clear everything. In memory, for this process alone.
 */
export class FailedLogins {
  readonly #places = new Map<string, Failures>()

  /**
   * Milliseconds that a login has to wait; 0: none. An account that others guess at makes nobody wait at an address from
   * which there was no wrong credential: its owner would be locked out.
   */
  waitOf(address: string, account: string | undefined, now: number): number {
    const ofAddress = this.#places.get(address)
    if (ofAddress === undefined || now - ofAddress.lastAt > memory) return 0
    const ofAccount = account === undefined ? undefined : this.#places.get(account)
    return Math.max(0, ofAddress.blockedUntil - now, (ofAccount?.blockedUntil ?? 0) - now)
  }

  /** @param digest of the credential that was wrong */
  note(places: readonly string[], digest: string, now: number): void {
    for (const place of places) {
      const known = this.#places.get(place)
      const failures =
        known === undefined || now - known.lastAt > memory
          ? { count: 0, lastAt: now, blockedUntil: 0, credentials: [] }
          : known
      failures.lastAt = now
      this.#places.delete(place)
      this.#places.set(place, failures)
      if (failures.credentials.includes(digest)) continue
      failures.credentials = [...failures.credentials.slice(1 - mostCredentials), digest]
      failures.count++
      if (failures.count >= freeTries) {
        failures.blockedUntil = now + Math.min(longestWait, 1000 * 2 ** Math.min(10, failures.count - freeTries))
      }
    }
    while (this.#places.size > mostPlaces) this.#places.delete(this.#places.keys().next().value!)
  }

  /** Forgets the failures of an account whose owner has logged in. */
  forget(place: string): void {
    this.#places.delete(place)
  }
}

/** The place of an address: of IPv6 the network of 64 bits, since one client has all of it. */
export function placeOfAddress(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return `address ${address.replace('::ffff:', '')}`
  const [head = '', tail = ''] = address.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return `network ${groups.slice(0, 4).join(':')}`
}
