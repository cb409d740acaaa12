import { createHash } from 'node:crypto'
import type { Answer, Context, MessageHandler } from '../../context/context.ts'
import type { KeptAnswer, RequestGuards, RetriedRequest } from '../../context/request-guards.ts'
import { withPrecondition, withWrite } from '../../db/precondition.ts'
import { retryTokenInvalidated, retryTokenReused } from '../../errors/errors.ts'
import type { Ingest } from '../../ingest/ingest.ts'
import type { RetryStamp } from '../../ingest/ingest-record.ts'
import { parseExactJson } from '../../lib/exact-json.ts'
import type { Int64 } from '../../lib/int64.ts'
import {
  findRetryToken,
  insertRetryToken,
  type Owner,
  type RetryTokenRow,
  removeRetryToken,
} from './retry-token-store.ts'
import { RunningRequests } from './running-requests.ts'

/** How long a retry token is good for, ms. */
export const tokenLifeMs = 24 * 60 * 60_000

export interface RequestGuardOptions {
  /** How long a repeat waits for the first request, ms. Default 3,000: far below the read timeouts of clients. */
  readonly waitMs?: number
}

export function createRequestGuards({ waitMs = 3000 }: RequestGuardOptions = {}): RequestGuards {
  const running = new RunningRequests<KeptAnswer>(waitMs)
  return {
    onlyIf: (context, ifMatch) => ({
      ...context,
      db: withPrecondition(context.db, ifMatch),
      ingest: withSubmit(context.ingest, (tenant, record, body) =>
        context.ingest.submit(tenant, { ...record, ifMatch }, body),
      ),
    }),
    answerOnce(context, request, handler, input, render) {
      const id = tokenId(context.caller.id, request)
      const once = new OnceRequest(context, { id, bodyHash: request.bodyHash }, render)
      // Several platforms have workspaces of the same key, and their tokens have nothing to do with each other.
      const process = `${context.platform}/${context.tenant}/${id}`
      return running.alone(process, request.bodyHash, async () => {
        const answer = await once.answer(handler, input)
        if (answer.replayed) await refuseGone(handler, context, answer.text)
        const { replayed: _replayed, ...kept } = answer
        return kept
      })
    },
  }
}

/** What a token is stored under: nothing in it can be told from the id, and no part can be taken for another. */
function tokenId(callerId: string, { operation, path, token }: RetriedRequest): string {
  const parts = JSON.stringify([callerId, operation, path, token])
  return createHash('sha256').update(parts).digest('base64url')
}

async function refuseGone({ stillExists }: MessageHandler, context: Context, text: string): Promise<void> {
  if (stillExists !== undefined && !(await stillExists(context, parseExactJson(text)))) throw retryTokenInvalidated()
}

interface OnceAnswer extends KeptAnswer {
  readonly replayed: boolean
}

/** What an answer tells beside its body and revision. */
type Facts = Pick<KeptAnswer, 'asyncOperationKey' | 'created'>

/** Thrown through a handler when its transaction finds the answer that was kept. */
class Replay extends Error {
  readonly answer: OnceAnswer

  constructor(text: string, revision: Int64 | null, facts: Facts = {}) {
    super('The request was answered before.')
    this.answer = { text, replayed: true, ...facts, ...(revision === null ? {} : { revision }) }
  }
}

/** One request with a retry token. */
class OnceRequest {
  readonly #context: Context
  readonly #token: Pick<RetryStamp, 'id' | 'bodyHash'>
  readonly #render: (body: unknown) => string
  /** Whether the effect has been written together with the token. */
  #kept = false

  constructor(context: Context, token: Pick<RetryStamp, 'id' | 'bodyHash'>, render: (body: unknown) => string) {
    this.#context = context
    this.#token = token
    this.#render = render
  }

  async answer({ handle }: MessageHandler, input: unknown): Promise<OnceAnswer> {
    const { db, tenant, platform } = this.#context
    try {
      // The handler's own checks must not refuse a repeat because of what the first request has done.
      for (const owner of new Set<Owner>([tenant, platform])) {
        this.#replay(await findRetryToken(db.lookup, owner, this.#token.id))
      }
      const answer = await handle(this.#guarded(), input)
      if (!this.#kept) await db.write(tenant, (tx) => insertRetryToken(tx, this.#row(tenant, answer)))
      const { body, revision } = answer
      const text = this.#render(body)
      return { text, replayed: false, ...factsOf(answer), ...(revision === undefined ? {} : { revision }) }
    } catch (error) {
      if (error instanceof Replay) return error.answer
      throw error
    }
  }

  #guarded(): Context {
    const { db, ingest } = this.#context
    return {
      ...this.#context,
      db: withWrite(db, async (owner, work) => {
        // What follows the effect, such as telling others of it, is no effect of its own.
        if (this.#kept) return db.write(owner, work)
        let kept = false
        const written = await db.write(owner, async (tx) => {
          const earlier = await findRetryToken(tx, owner, this.#token.id)
          this.#replay(earlier)
          const value = await work(tx)
          kept = isAnswer(value)
          if (!isAnswer(value)) return value
          if (earlier !== undefined) await removeRetryToken(tx, owner, this.#token.id)
          await insertRetryToken(tx, this.#row(owner, value))
          return value
        })
        this.#kept = kept
        return written
      }),
      ingest: withSubmit(ingest, async (tenant, record, body) => {
        const stamped = { ...this.#token, expires: this.#expires(), body: this.#bodyOf(record.kind, body) }
        const done = await ingest.submit(tenant, { ...record, retry: stamped })
        this.#kept = true
        if (done.replayed !== undefined) throw new Replay(done.replayed, done.revision)
        return done
      }),
    }
  }

  /** Changes of runs answer with what they came to; all others of those that give no body answer `{}`. */
  #bodyOf(kind: string, body: unknown): string | null {
    if (body !== undefined) return this.#render(body)
    return kind === 'update-run' ? null : this.#render({})
  }

  /** Throws what a repeat of a request comes to. A row without a body is for the write path to answer. */
  #replay(row: RetryTokenRow | undefined): void {
    if (row === undefined || row.expires <= this.#context.now()) return
    if (row.body_hash !== this.#token.bodyHash) throw retryTokenReused()
    if (row.body !== null) throw new Replay(row.body, row.revision, parseExactJson(row.outcome ?? '{}') as Facts)
  }

  #row(owner: Owner, answer: Answer<unknown>): RetryTokenRow {
    const facts = factsOf(answer)
    return {
      tenant: owner,
      token_id: this.#token.id,
      body_hash: this.#token.bodyHash,
      expires: this.#expires(),
      body: this.#render(answer.body),
      outcome: Object.keys(facts).length === 0 ? null : JSON.stringify(facts),
      revision: answer.revision ?? null,
    }
  }

  #expires(): number {
    return this.#context.now() + tokenLifeMs
  }
}

function factsOf({ asyncOperationKey, created }: Answer<unknown>): Facts {
  return {
    ...(asyncOperationKey === undefined ? {} : { asyncOperationKey }),
    ...(created === undefined ? {} : { created }),
  }
}

function isAnswer(value: unknown): value is Answer<unknown> {
  return typeof value === 'object' && value !== null && 'body' in value && typeof value.body === 'object'
}

function withSubmit(ingest: Ingest, submit: Ingest['submit']): Ingest {
  return { submit, [Symbol.asyncDispose]: () => ingest[Symbol.asyncDispose]() }
}
