import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context/context.ts'
import type { Asked, AuditTrail, Ending, Gate } from '../context/guard.ts'
import type { AnyEndpoint } from '../contract/endpoint.ts'
import type { AppError } from '../errors/app-error.ts'

/** What the gate has seen of a request; the audit log is written from it. */
interface Passage {
  asked?: Asked
  refused: boolean
  /** Whether the row of the change has been committed with it. */
  recorded?: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until the request is known to be more than an address. */
    passage: Passage | null
  }
}

/** Lets a request pass to its handler, or throws. `input` is what the handler will get. */
export type PassGate = (
  request: FastifyRequest,
  context: Context,
  endpoint: AnyEndpoint,
  input: unknown,
) => Promise<void> | undefined

export function passGate(gate: Gate): PassGate {
  return (request, context, endpoint, input) => {
    const asked = askedOf(request, context, endpoint, input)
    request.passage = { asked, refused: false }
    return gate.admit(asked)
  }
}

/** The context that a handler works in: where the trail joins its changes, one that writes their rows along. */
export function joinTrail(
  trail: AuditTrail,
  endpoint: AnyEndpoint,
): (request: FastifyRequest, context: Context, input: unknown) => Context {
  const join = trail.joining(endpoint)
  if (join === undefined) return (_request, context) => context
  return (request, context, input) =>
    join(askedOf(request, context, endpoint, input), request.id, () => {
      if (request.passage !== null) request.passage.recorded = true
    })
}

function askedOf(request: FastifyRequest, context: Context, endpoint: AnyEndpoint, input: unknown): Asked {
  const { aiDataPlatformId, workspaceKey = workspaceNameOf(request) } = request.params as MountParams
  return { context, endpoint, input: input as Asked['input'], mountIds: mountIds(aiDataPlatformId, workspaceKey) }
}

const noIds: Asked['mountIds'] = {}

function mountIds(platformId: string | undefined, workspaceKey: string | undefined): Asked['mountIds'] {
  if (platformId === undefined) return workspaceKey === undefined ? noIds : { workspaceKey }
  return workspaceKey === undefined ? { platformId } : { platformId, workspaceKey }
}

interface MountParams {
  readonly aiDataPlatformId?: string
  readonly workspaceKey?: string
}

/** MLflow clients may name a workspace by a header as well. */
function workspaceNameOf({ headers }: FastifyRequest): string | undefined {
  const name = headers['x-mlflow-workspace']
  return typeof name === 'string' ? name : undefined
}

/** The fields of a stream's request: its query, and what its path names. */
export function streamInput(params: Readonly<Record<string, string>>, query: URLSearchParams): Asked['input'] {
  const { '*': artifactPath, ...named } = params
  // Of a name that is given twice the first counts, as in the handlers.
  return {
    ...Object.fromEntries([...query].reverse()),
    ...named,
    ...(artifactPath === undefined ? {} : { artifact_path: artifactPath }),
  }
}

/** Remembers that an error refuses for lack of a right, whatever its status says. */
export function noteRefusal(request: FastifyRequest, error: AppError): void {
  if (error.details.refused !== true && error.code !== 'permission-denied') return
  if (request.passage === null) request.passage = { refused: true }
  else request.passage.refused = true
}

/** Writes changes and refusals to the audit log; the answer of a change waits until its row is on disk. */
export function auditAnswers(server: FastifyInstance, trail: AuditTrail): void {
  server.decorateRequest('passage', null)
  server.addHook('onSend', (request, reply, payload, done) => {
    const ending = endingOf(request, reply, payload)
    const written = ending === undefined ? undefined : trail.note(ending)
    if (written === undefined) done()
    else written.then(() => done(), done)
  })
}

function endingOf(request: FastifyRequest, reply: FastifyReply, payload: unknown): Ending | undefined {
  const { passage } = request
  const outcome = outcomeOf(reply.statusCode, passage)
  if (outcome === undefined) return undefined
  return {
    outcome,
    requestId: request.id,
    asked: passage?.asked,
    address: passage?.asked === undefined ? `${request.method} ${request.routeOptions.url ?? ''}`.trim() : '',
    answer: typeof payload === 'string' ? payload : undefined,
  }
}

function outcomeOf(status: number, passage: Passage | null): Ending['outcome'] | undefined {
  if (status === 401) return 'unauthenticated'
  if (passage === null) return undefined
  if (passage.refused) return 'denied'
  return status < 400 && passage.asked !== undefined && !passage.recorded ? 'done' : undefined
}
