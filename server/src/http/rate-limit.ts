import type { FastifyRequest } from 'fastify'
import { overloaded } from '../errors/errors.ts'

export interface RateLimitOptions {
  /** Requests a second that one caller may send for long; 0 = as many as there are. */
  readonly perSecond: number
  /** Requests that one caller may send at once after a rest. */
  readonly burst: number
  /** Epoch ms. */
  readonly now?: () => number
}

/** Refuses requests of callers who send more than their share. */
export interface RateLimit {
  /** @throws AppError `overloaded` with the time after which a request will pass */
  take(principal: string): void
}

interface Bucket {
  tokens: number
  filledAt: number
}

/** Buckets kept; beyond it the fullest are forgotten, which costs nobody anything. */
const mostBuckets = 20_000

/** A token bucket for each principal, in this process. */
export function createRateLimit({ perSecond, burst, now = Date.now }: RateLimitOptions): RateLimit {
  if (perSecond === 0) return { take: () => undefined }
  const buckets = new Map<string, Bucket>()
  const filled = ({ tokens, filledAt }: Bucket, at: number): number =>
    Math.min(burst, tokens + (Math.max(0, at - filledAt) / 1000) * perSecond)
  return {
    take(principal) {
      const at = now()
      let bucket = buckets.get(principal)
      if (bucket === undefined) {
        if (buckets.size >= mostBuckets) forgetFull(buckets, (known) => filled(known, at) >= burst)
        bucket = { tokens: burst, filledAt: at }
        buckets.set(principal, bucket)
      }
      bucket.tokens = filled(bucket, at)
      bucket.filledAt = at
      if (bucket.tokens < 1) {
        const seconds = Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond))
        throw overloaded('Too many requests. Try again later.', seconds)
      }
      bucket.tokens -= 1
    },
  }
}

/** Those who ask for the least, and when nobody does, everybody: better than growing without end. */
function forgetFull(buckets: Map<string, Bucket>, isFull: (bucket: Bucket) => boolean): void {
  for (const [principal, bucket] of buckets) if (isFull(bucket)) buckets.delete(principal)
  if (buckets.size >= mostBuckets) buckets.clear()
}

/** Whose share a request counts to: the caller, or the address of one who has not logged in. */
export function principalOf({ caller, ip }: FastifyRequest): string {
  return caller.kind === 'open' ? `address ${ip}` : `caller ${caller.id}`
}
