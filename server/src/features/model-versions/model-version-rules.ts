import { internalError, invalidParameter, refuseInvalid } from '../../errors/errors.ts'
import { lengthProblem } from '../../lib/entity-name-rules.ts'
import { checkModelTag, promptTag, type TagText } from '../registered-models/registered-model-rules.ts'

export const stages = ['None', 'Staging', 'Production', 'Archived'] as const
export type Stage = (typeof stages)[number]

/** Greatest number that the column holds; no model has so many versions. */
const greatestVersion = 2 ** 31 - 1

const promptTextTag = 'mlflow.prompt.text'
const tagValueLimit = 100_000

/**
 * Characters (code points), where AIDP's contract has not set its own before. MLflow's limits are those of its columns, which
 * SQLite does not mind; ours keep index entries small and the checks of a source cheap.
 */
const limits = { source: 4_096, run_id: 256, model_id: 256, run_link: 4_096, description: 65_535 } as const
const mostTags = 1_000

/**
 * The number of a version, as Python's `int()` reads it: blanks around, a sign and underscores between digits are fine.
 *
 * @throws AppError `invalid-parameter`
 */
export function readVersionNumber(given: string): number {
  const digits = /^\s*([+-]?\d+(?:_\d+)*)\s*$/.exec(given)?.[1]
  if (digits !== undefined) return Number(digits.replaceAll('_', ''))
  throw invalidParameter(`Parameter 'version' must be an integer, got '${given}'.`, { field: 'version' })
}

/** Whether a version can have the number. */
export function isVersionNumber(number: number): boolean {
  return number >= 1 && number <= greatestVersion
}

/**
 * A tag of a version as it is stored: an absent key or value is the empty text.
 *
 * @throws AppError `invalid-parameter`, in MLflow's words
 */
export function checkVersionTag(key = '', value = ''): TagText {
  if (key === promptTextTag && lengthProblem('value', value, tagValueLimit) !== undefined) {
    throw invalidParameter(`Prompt text exceeds max length of ${tagValueLimit} characters.`)
  }
  return checkModelTag(key, value)
}

/** A tag of a request. */
type GivenTag = { readonly [Field in keyof TagText]?: string | undefined }

/**
 * The tags of a new version, sorted by key; of a key that comes twice the last counts.
 *
 * @throws AppError `invalid-parameter`
 */
export function checkNewVersionTags(tags: readonly GivenTag[]): TagText[] {
  if (tags.length > mostTags) {
    throw invalidParameter(`'tags' may have at most ${mostTags} members, not ${tags.length}.`, { field: 'tags' })
  }
  const last = new Map(tags.map(({ key, value }) => [key ?? '', checkVersionTag(key, value)]))
  return [...last.values()].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
}

/** Whether the tags of a request make the version one of a prompt: the last of a key counts, in any case. */
export function isPromptRequest(tags: readonly GivenTag[]): boolean {
  return tags.findLast(({ key }) => key === promptTag)?.value?.toLowerCase() === 'true'
}

/** @throws AppError `invalid-parameter` */
export function checkVersionTexts(texts: { readonly [Field in keyof typeof limits]?: string | undefined }): void {
  for (const field of Object.keys(limits) as (keyof typeof limits)[]) {
    refuseInvalid(lengthProblem(field, texts[field] ?? '', limits[field]))
  }
}

/** @throws AppError `invalid-parameter` for a word that is no stage */
export function readStage(given: string): Stage {
  const stage = stages.find((one) => one.toLowerCase() === given.toLowerCase())
  if (stage !== undefined) return stage
  throw invalidParameter(`Invalid Model Version stage: ${given}. Value must be one of ${stages.join(', ')}.`, {
    field: 'stage',
  })
}

/** Only the stages in which versions are used can be cleared. @throws MLflow's INTERNAL_ERROR for the others */
export function refuseToArchive(stage: Stage, given: string): void {
  if (stage === 'Staging' || stage === 'Production') return
  throw internalError(
    `Model version transition cannot archive existing model versions because '${given}' is not an Active stage. ` +
      "Valid stages are ['Staging', 'Production']",
  )
}
