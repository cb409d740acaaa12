import { AppError } from '../../errors/app-error.ts'
import { alreadyExists, invalidParameter, nameTaken, notFound, refuseInvalid } from '../../errors/errors.ts'
import { invalidValue, lengthProblem, maxKeyLength, nameProblem } from '../../lib/entity-name-rules.ts'

/** Tag that makes a registered model a prompt. */
export const promptTag = 'mlflow.prompt.is_prompt'

/** Characters. MLflow's column has 256; AIDP's names have 255 (decision D43). */
const nameLimits = { mlflow: 256, aidp: 255 } as const
const tagValueLimit = 100_000
const aliasLimit = 255

/**
 * MLflow's rule for names of models, asked of every request that names one.
 *
 * @param field what a blank name is called in the message
 * @throws AppError `missing-parameter` for blanks alone, `invalid-parameter`
 */
export function checkModelName(name: string, field = 'name'): void {
  if (name.replaceAll(/\p{White_Space}/gu, '') === '') {
    throw new AppError('missing-parameter', `Missing value for required parameter '${field}'.`, { field })
  }
  if (/[/:]/.test(name)) {
    throw invalidParameter(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`, { field })
  }
  // Without slashes, only these two are other paths than they look.
  if (name === '.' || name === '..') throw invalidParameter(nameProblem('name', name) ?? invalidValue('name', name))
}

/**
 * The further rules for a name that is given to a model.
 *
 * @throws AppError as `checkModelName`
 */
export function checkNewModelName(name: string, dialect: 'mlflow' | 'aidp', field = 'name'): void {
  checkModelName(name, field)
  refuseInvalid(lengthProblem(field, name, nameLimits[dialect]))
  if (dialect === 'aidp' && /\p{Cc}/u.test(name)) {
    throw invalidParameter(invalidValue(field, name, 'Names cannot contain control characters.'), { field })
  }
}

/** The three parts of `catalog.schema.model`; any other name lies in `default`.`default` (AIDP, decision D43). */
export function modelNameParts(name: string): {
  readonly catalog: string
  readonly schema: string
  readonly model: string
} {
  const [catalog, schema, model, ...more] = name.split('.')
  if (catalog && schema && model && more.length === 0) return { catalog, schema, model }
  return { catalog: 'default', schema: 'default', model: name }
}

export interface TagText {
  readonly key: string
  readonly value: string
}

/**
 * MLflow's rule for tags of the registry, which are never cut.
 *
 * @throws AppError `invalid-parameter`
 */
export function checkModelTag(key = '', value = ''): TagText {
  refuseInvalid(
    nameProblem('key', key) ?? lengthProblem('key', key, maxKeyLength) ?? lengthProblem('value', value, tagValueLimit),
  )
  return { key, value }
}

/** The key of a tag to remove, which MLflow checks but for its length. @throws AppError `invalid-parameter` */
export function checkModelTagKey(key = ''): string {
  refuseInvalid(nameProblem('key', key))
  return key
}

/** @throws AppError `invalid-parameter` when a list of a request has more members than 100, as in AIDP's contract */
export function refuseTooMany(field: string, items: readonly unknown[], limit = 100): void {
  if (items.length <= limit) return
  throw invalidParameter(`'${field}' may have at most ${limit} members, not ${items.length}.`, { field })
}

/**
 * The form of alias names, asked of every request that names one.
 *
 * @throws AppError `invalid-parameter`
 */
export function checkAliasName(alias: string): void {
  if (!/^[\p{L}\p{N}_-]*\n?$/u.test(alias)) {
    throw invalidParameter(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
      { field: 'alias' },
    )
  }
  refuseInvalid(lengthProblem('Registered model alias name', alias, aliasLimit))
}

/** Aliases with a meaning of their own cannot be set. @throws AppError `invalid-parameter` */
export function refuseReservedAlias(alias: string): void {
  if (isLatestAlias(alias)) throw invalidParameter("'latest' alias name (case insensitive) is reserved.")
  if (/^[vV]\p{Nd}+\n?$/u.test(alias)) throw invalidParameter(`Version alias name '${alias}' is reserved.`)
}

export function isLatestAlias(alias: string): boolean {
  return alias.toLowerCase() === 'latest'
}

export function modelNotFound(name: string): AppError {
  return notFound(`Registered Model with name=${name} not found`)
}

/** What is said of a name that a new model cannot have; prompts and models share one space of names. */
export function modelNameTaken(name: string, holderIsPrompt: boolean, newIsPrompt: boolean): Error {
  const [holder, fresh] = [holderIsPrompt, newIsPrompt].map((isPrompt) => (isPrompt ? 'Prompt' : 'Registered Model'))
  if (holder === fresh) return alreadyExists(`${fresh} (name=${name}) already exists.`)
  return alreadyExists(
    `Tried to create a ${fresh?.toLowerCase()} with name '${name}', but the name is already taken by a ` +
      `${holder?.toLowerCase()}. MLflow does not allow creating a model and a prompt with the same name.`,
  )
}

/** Another model has the name that a model was to get: AIDP's Conflict. */
export function newNameTaken(name: string): Error {
  return nameTaken(`Registered Model (name=${name}) already exists.`)
}
