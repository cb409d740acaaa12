import type { AidpWorld, CallOptions, Fields } from './aidp-world.ts'

/** What one operation is tried with; `operation-checks.ts` makes the tests of it. */
export interface OperationCase {
  /** Makes something new that the operation works on, and a request that succeeds on it, once. */
  prepare(world: AidpWorld): Promise<Fields>
  /**
   * What the operation changes, read anew: another value after the operation, and again another one if it were done twice.
   * Absent for operations that change nothing.
   */
  state?(world: AidpWorld, request: Fields): Promise<unknown>
  /** Whether the operation leaves what it changes where it is, so that its etag can be asked for by `if-match`. */
  readonly etag?: (world: AidpWorld, request: Fields) => Promise<string>
  /** What the answer to the request of `prepare` holds beside the shape of its type. */
  shows?(request: Fields): unknown
  /** Fields that make the request one for something that is not there; absent where no object is named. */
  readonly absent?: Fields
  /** Fields that name secondary objects, as they are sent to another tenant, where those are not there either. */
  readonly elsewhere?: Fields
  /** Whether it works on the platform's things, at a workspace's mount. */
  readonly ofPlatform?: true
  /** For lists that name no target: whether an answer shows nothing of what `prepare` made. */
  hides?(body: unknown): boolean
  /** Another request at the same path that succeeds after the first; absent: a second `prepare`. */
  other?(world: AidpWorld, request: Fields): Promise<Fields>
  /** Removes for good what the answer tells of, for operations that make something. */
  remove?(
    world: AidpWorld,
    // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape.
    body: any,
  ): Promise<unknown>
  /** What the operation refuses, by what is wrong. */
  readonly refusals?: Readonly<Record<string, Refusal>>
  /** What the same request comes to a second time, without a retry token: success without effect, or its target is gone. */
  readonly again?: 'succeeds' | 'is gone'
  /** For lists: a request whose answer has several pages. */
  pages?(world: AidpWorld): Promise<Pages>
}

export interface Refusal {
  readonly status: number
  readonly code: string
  /** Makes it wrong: changes what `prepare` made, and gives fields to send instead. */
  spoil(world: AidpWorld, request: Fields): Promise<Fields | undefined>
  /** Who asks. */
  readonly as?: 'member'
}

export interface Pages {
  readonly request: Fields
  /** Fields of one page: its size. */
  readonly size: Fields
  /** Name of the list in the answer. */
  readonly list: string
  /** How many items there are in all; at least three pages of them. */
  readonly count: number
  /** Another query, for which the tokens of the first are no good. */
  readonly otherQuery?: Fields
}

/** A list's answer with nothing in it. */
export const emptyList =
  (name: string) =>
  (body: unknown): boolean =>
    ((body as Record<string, readonly unknown[]>)[name] ?? []).length === 0

export const conflict = (spoil: Refusal['spoil']): Refusal => ({ status: 409, code: 'Conflict', spoil })
export const taken = (spoil: Refusal['spoil']): Refusal => ({
  status: 409,
  code: 'NotAuthorizedOrResourceAlreadyExists',
  spoil,
})
export const related = (spoil: Refusal['spoil']): Refusal => ({
  status: 400,
  code: 'RelatedResourceNotAuthorizedOrNotFound',
  spoil,
})
export const invalid = (spoil: Refusal['spoil']): Refusal => ({ status: 400, code: 'InvalidParameter', spoil })
export const absent = (spoil: Refusal['spoil'], as?: 'member'): Refusal => ({
  status: 404,
  code: 'NotAuthorizedOrNotFound',
  spoil,
  ...(as === undefined ? {} : { as }),
})

/** The answer of a read with its etag: the revision shows how often something was changed. */
export function seenBy(operation: string, ...keys: readonly string[]) {
  return async (world: AidpWorld, request: Fields): Promise<unknown> => {
    const { status, headers, body } = await world.call(operation, pick(request, keys))
    return { status, etag: headers['etag'], body }
  }
}

/** The etag that a read answers. */
export function etagBy(operation: string, ...keys: readonly string[]) {
  return async (world: AidpWorld, request: Fields): Promise<string> =>
    String((await world.call(operation, pick(request, keys))).headers['etag'])
}

export function pick(request: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.map((key) => [key, request[key]]))
}

export async function newExperiment(world: AidpWorld, fields: Fields = {}, options?: CallOptions): Promise<string> {
  const request = { name: `experiment ${world.next()}`, ...fields }
  return (await world.make('createExperiment', request, options)).experiment_id
}

export async function newRun(world: AidpWorld, fields: Fields = {}, options?: CallOptions): Promise<string> {
  const experiment_id = fields['experiment_id'] ?? (await newExperiment(world, {}, options))
  return (await world.make('createExperimentRun', { experiment_id, ...fields }, options)).run.info.run_id
}

export async function newModel(world: AidpWorld, fields: Fields = {}): Promise<string> {
  const request = { name: `default.default.m${world.next()}`, ...fields }
  return (await world.make('createRegisteredModel', request)).registered_model.name
}

export async function newVersion(world: AidpWorld, fields: Fields = {}) {
  const name = String(fields['name'] ?? (await newModel(world)))
  const { version } = (await world.make('createModelVersion', { name, source: 's3://bucket/model', ...fields }))
    .model_version
  return { name, version: String(version) }
}
