import { randomBytes } from 'node:crypto'

const acceptable = /^[A-Za-z0-9_-]{1,255}$/

/**
 * The id of a request as OCI writes it: the client's part (cut to 32 characters, empty if none was sent or it holds other
 * characters than letters, digits, `_` and `-`), then two random 32-hex parts.
 */
export function requestIdFor(clientId: string | string[] | undefined): string {
  const clientPart = typeof clientId === 'string' && acceptable.test(clientId) ? clientId.slice(0, 32) : ''
  const random = randomHex()
  return `${clientPart}/${random.slice(0, 32)}/${random.slice(32)}`
}

const poolBytes = 4096
let pool = ''

/** 64 random hex digits from a pool, since a call to the random source costs more than a short request. */
function randomHex(): string {
  if (pool.length < 64) pool = randomBytes(poolBytes).toString('hex')
  const digits = pool.slice(0, 64)
  pool = pool.slice(64)
  return digits
}
