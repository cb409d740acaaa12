import type { AnyEndpoint } from '../contract/endpoint.ts'
import type { Context } from './context.ts'

/** What somebody asks for, after it was read and before it is done. */
export interface Asked {
  readonly context: Context
  readonly endpoint: AnyEndpoint
  /** The fields of the request: those of the message, or of path and query of a stream. */
  readonly input: Readonly<Record<string, unknown>>
  /** Platform and workspace as the request names them; a workspace also by MLflow's header. Absent where it names none. */
  readonly mountIds: { readonly platformId?: string; readonly workspaceKey?: string }
}

/** Decides whether a request is done at all: the one place where every request of every mount passes. */
export interface Gate {
  /**
   * @returns nothing, or a promise where a query is needed for the decision
   * @throws AppError when the caller may not do this; `details.refused` is set
   */
  admit(asked: Asked): Promise<void> | undefined
}

export type AuditOutcome = 'done' | 'denied' | 'unauthenticated'

/** How a request ended that somebody may want to know of later. */
export interface Ending {
  readonly outcome: AuditOutcome
  readonly requestId: string
  /** Absent when it was refused before it was known what is asked for. */
  readonly asked?: Asked | undefined
  /** Method and route of a request that was refused that early; the method alone where there is no route. Otherwise empty. */
  readonly address: string
  /** The JSON of a short answer. */
  readonly answer?: string | undefined
}

/**
 * Gives the context in which a change is to be made so that its row is written with it.
 *
 * @param committed called when both are on disk
 */
export type JoinChange = (asked: Asked, requestId: string, committed: () => void) => Context

/** Writes down every change and every refusal. */
export interface AuditTrail {
  /** How rows of an endpoint get into the transactions of its changes; undefined where they are written afterwards. */
  joining(endpoint: AnyEndpoint): JoinChange | undefined
  /** @returns a promise when the answer has to wait until the row is on disk */
  note(ending: Ending): Promise<void> | undefined
}
