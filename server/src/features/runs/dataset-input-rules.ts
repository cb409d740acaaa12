import type { Input } from '../../contract/wire.ts'
import { refuseInvalid } from '../../errors/errors.ts'
import { lengthProblem } from '../../lib/entity-name-rules.ts'
import type { DatasetInput } from './run-entity-contract.ts'

const datasetLimits = { name: 500, digest: 36, source: 65_535, schema: 1_048_575, profile: 16_777_215 } as const
const tagLimits = { key: 255, value: 500 } as const

/** A dataset input with everything filled in; an empty schema or profile counts as none (MLflow 3.17.0). */
export interface CheckedDatasetInput {
  readonly dataset: {
    readonly name: string
    readonly digest: string
    readonly source_type: string
    readonly source: string
    readonly schema: string | null
    readonly profile: string | null
  }
  readonly tags: readonly { readonly key: string; readonly value: string }[]
}

/**
 * MLflow's limits for a dataset and its tags, in characters. A missing dataset or field is empty.
 *
 * @throws AppError `invalid-parameter`
 */
export function checkDatasetInput({ dataset = {}, tags }: Input<typeof DatasetInput>): CheckedDatasetInput {
  const { name = '', digest = '', source_type = '', source = '', schema = '', profile = '' } = dataset
  refuseTooLong({ name, digest, source, schema, profile }, datasetLimits)
  const checkedTags = tags.map(({ key = '', value = '' }) => ({ key, value }))
  for (const tag of checkedTags) refuseTooLong(tag, tagLimits)
  return {
    dataset: { name, digest, source_type, source, schema: schema || null, profile: profile || null },
    tags: checkedTags,
  }
}

function refuseTooLong<Name extends string>(
  values: Readonly<Record<Name, string>>,
  limits: Readonly<Record<Name, number>>,
): void {
  for (const name in limits) refuseInvalid(lengthProblem(name, values[name], limits[name]))
}
