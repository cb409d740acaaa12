import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Answer, Context, MessageHandler } from '../context/context.ts'
import type { RequestGuards } from '../context/request-guards.ts'
import type { AidpContract } from '../contract/aidp/aidp-contract.ts'
import { invalidParameter, noEtagMatch } from '../errors/errors.ts'
import { allowsRevision, readIfMatch } from '../lib/if-match.ts'

/** An answer whose body may have been rendered before. */
export interface GuardedAnswer extends Answer<unknown> {
  readonly text?: string
}

/**
 * Runs a handler under the conditions that a request puts on it; undefined when it puts none.
 *
 * @param admit asks whether the caller may do this. The repeat of a request is not asked again: what it is about may be gone
 *   by its own doing, and nobody but its caller has its retry token.
 */
export type GuardedHandle = (
  request: FastifyRequest,
  context: Context,
  input: unknown,
  admit: () => Promise<void> | undefined,
) => Promise<GuardedAnswer> | undefined

/**
 * Retry tokens and `if-match` at an AIDP operation, each where the operation has it.
 *
 * @param render the body of an answer as text
 */
export function guardedHandle(
  handler: MessageHandler,
  operation: AidpContract,
  guards: RequestGuards,
  render: (body: unknown) => string,
): GuardedHandle {
  const takesToken = operation.requestHeaders.includes('opc-retry-token')
  const hasEtag = operation.responseHeaders.includes('etag') || operation.requestHeaders.includes('if-match')
  const reads = operation.profile === 'G'
  return (request, context, input, admit) => {
    const token = takesToken ? request.headers['opc-retry-token'] : undefined
    const ifMatch = hasEtag ? readIfMatch(request.headers['if-match']) : undefined
    if (token === undefined && ifMatch === undefined) return undefined
    const admitted: MessageHandler = {
      ...handler,
      async handle(guarded, asked) {
        await admit()
        return handler.handle(guarded, asked)
      },
    }
    if (ifMatch !== undefined && reads) return readOnlyIf(admitted, context, input, ifMatch)
    const conditional = ifMatch === undefined ? context : guards.onlyIf(context, ifMatch)
    if (token === undefined) return admitted.handle(conditional, input)
    const retried = {
      operation: operation.id,
      path: resourcePath(request.url),
      token: checkToken(token),
      bodyHash: hashOf(request.body),
    }
    return guards
      .answerOnce(conditional, retried, admitted, input, render)
      .then((kept): GuardedAnswer => ({ body: {}, ...kept }))
  }
}

async function readOnlyIf(
  { handle }: MessageHandler,
  context: Context,
  input: unknown,
  ifMatch: NonNullable<ReturnType<typeof readIfMatch>>,
): Promise<GuardedAnswer> {
  const answer = await handle(context, input)
  if (answer.revision !== undefined && !allowsRevision(ifMatch, answer.revision)) throw noEtagMatch()
  return answer
}

const longestToken = 64

function checkToken(token: string | string[]): string {
  if (typeof token === 'string' && token.length >= 1 && token.length <= longestToken) return token
  throw invalidParameter(`The header opc-retry-token must have 1 to ${longestToken} characters.`, {
    field: 'opc-retry-token',
  })
}

/** The same for both spellings of the version prefix. */
function resourcePath(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  return path.startsWith('/api/20') ? path.slice('/api'.length) : path
}

/** Clients drop a body that is `{}`: that is no other request. */
function hashOf(body: unknown): string {
  const bytes = body instanceof Buffer && body.length > 0 ? body : '{}'
  return createHash('sha256').update(bytes).digest('base64url')
}
