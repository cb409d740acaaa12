import { hash } from 'node:crypto'

/** What every API token begins with, so that scanners for leaked secrets can find them. */
export const tokenPrefix = 'rst_'

const form = /^rst_[A-Za-z0-9_-]{43}$/

/** The form in which a token is stored and looked up: its SHA-256. Undefined when it has not the form of a token. */
export function tokenDigest(token: string): string | undefined {
  return form.test(token) ? hash('sha256', token, 'base64url') : undefined
}
