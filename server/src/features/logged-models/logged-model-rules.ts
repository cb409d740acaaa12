import { badRequest, invalidParameter, refuseInvalid } from '../../errors/errors.ts'
import { lengthProblem } from '../../lib/entity-name-rules.ts'
import { pythonStringRepr } from '../../lib/python-repr.ts'

/** Characters. MLflow has no limit on SQLite; here a key must fit an index entry. */
const modelKeyLimit = 500

export interface ModelText {
  readonly key: string
  readonly value: string
}

/** @throws AppError `invalid-parameter`, in MLflow's words */
export function checkLoggedModelName(name: string): void {
  if (!/[/:.%"']/.test(name)) return
  throw invalidParameter(
    `Invalid model name (${pythonStringRepr(name)}) provided. Model name must be a non-empty string and cannot contain ` +
      `the following characters: ('/', ':', '.', '%', '"', "'")`,
    { field: 'name' },
  )
}

/**
 * Params or tags as they are stored: an absent key or value is the empty string. MLflow sets no rule for their names.
 *
 * @param field request field that holds them
 * @throws AppError `invalid-parameter` for a key that is too long
 */
export function checkModelTexts(
  field: string,
  texts: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[],
): ModelText[] {
  return texts.map(({ key = '', value = '' }, index) => {
    refuseInvalid(lengthProblem(`${field}[${index}].key`, key, modelKeyLimit))
    return { key, value }
  })
}

/**
 * Where MLflow inserts, a key must not come twice.
 *
 * @throws AppError `bad-request`
 */
export function refuseRepeatedKey(field: string, texts: readonly ModelText[]): void {
  const keys = new Set<string>()
  for (const { key } of texts) {
    if (keys.has(key)) throw badRequest(`The key '${key}' comes more than once in '${field}'.`, { field })
    keys.add(key)
  }
}
