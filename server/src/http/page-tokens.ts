import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Answer, Context } from '../context/context.ts'
import type { Endpoint } from '../contract/endpoint.ts'
import { invalidParameter } from '../errors/errors.ts'

/** Makes and checks the signatures of page tokens. */
export interface PageTokens {
  /** A token that only this caller can use, for this operation in this place; safe in a URL. */
  seal(place: string, token: string): string
  /** The token in a sealed one; undefined when it was not sealed here, or for something else. */
  open(place: string, sealed: string): string | undefined
}

const macBytes = 18

/** @param secret the same on every server of a database */
export function createPageTokens(secret: Uint8Array): PageTokens {
  const macOf = (place: string, token: string): Buffer =>
    createHmac('sha256', secret).update(`${place}\n${token}`).digest().subarray(0, macBytes)
  return {
    seal(place, token) {
      const safe = token.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
      return `${safe}.${macOf(place, safe).toString('base64url')}`
    },
    open(place, sealed) {
      const dot = sealed.lastIndexOf('.')
      if (dot === -1) return undefined
      const token = sealed.slice(0, dot)
      const mac = sealed.slice(dot + 1)
      const expected = macOf(place, token)
      const given = Buffer.from(mac, 'base64url')
      // Base64 has several spellings of the same bytes; a token has one.
      if (given.length !== expected.length || given.toString('base64url') !== mac) return undefined
      return timingSafeEqual(given, expected) ? token : undefined
    },
  }
}

/** A list's handler with page tokens that are sealed on their way out and opened on their way in. */
export type PagedHandle = (context: Context, input: unknown) => Promise<Answer<unknown>>

/**
 * Binds the page tokens of a list to the caller, the workspace (or platform) and the operation. That they belong to the same
 * filter and order is in the token itself. A token that was not sealed is handed on, because the handler knows MLflow's words
 * for what is wrong with it, and knows where tokens are ignored; should it read and take it, it is refused all the same.
 *
 * @param tokens asked for when there is a token to open or to seal
 * @returns the handler's own function for what is no list
 */
export function pagedHandle(endpoint: Endpoint, handle: PagedHandle, tokens: () => Promise<PageTokens>): PagedHandle {
  const field = ['page_token', 'page'].find((name) => endpoint.request.fields[name] !== undefined)
  if (field === undefined) return handle
  const ofPlatform = endpoint.scope !== undefined && endpoint.scope !== 'workspace'
  return async (context, input) => {
    const given = (input as Record<string, unknown>)[field]
    const owner = ofPlatform ? `platform ${context.platform}` : `workspace ${context.tenant}`
    const place = [endpoint.id, owner, context.caller.id].join('\n')
    if (typeof given !== 'string' || given === '') {
      return sealed(await handle(context, input), place, tokens)
    }
    const opened = (await tokens()).open(place, given)
    let used = false
    const asked = {
      ...(input as object),
      get [field]() {
        used = true
        return opened ?? given
      },
    }
    const answer = await handle(context, asked)
    if (opened === undefined && used) throw invalidParameter('Invalid page token.', { field })
    return sealed(answer, place, tokens)
  }
}

async function sealed(
  answer: Answer<unknown>,
  place: string,
  tokens: () => Promise<PageTokens>,
): Promise<Answer<unknown>> {
  const body = answer.body as { readonly next_page_token?: string }
  const inBody = body.next_page_token
  const token = inBody || answer.nextPageToken
  if (!token) return answer
  const sealedToken = (await tokens()).seal(place, token)
  return inBody
    ? { ...answer, body: { ...body, next_page_token: sealedToken } }
    : { ...answer, nextPageToken: sealedToken }
}
