import type { Context } from '../../context/context.ts'
import { asciiJsonString } from '../../lib/ascii-json.ts'
import { tenantOf } from '../../lib/tenant.ts'
import type { LoggedModelRow } from '../logged-models/logged-model-store.ts'
import { findModelTag, upsertModelTags } from '../logged-models/logged-model-store.ts'

/** Tag of a logged model: JSON list of the versions that it was registered as. */
const versionsTag = 'mlflow.modelVersions'

interface NamedVersion {
  readonly name: string
  readonly version: number
}

/**
 * Adds a version to the list that its logged model keeps, unless it is in it. The model belongs to a workspace and so to
 * another transaction than the version, which is committed first: whatever happens in between, no model names a version
 * that is not there. What fails here is logged alone, for the version exists and a client that tried again would make
 * another one.
 */
export async function noteVersionOnModel(
  { db, log }: Context,
  loggedModel: LoggedModelRow,
  version: NamedVersion,
): Promise<void> {
  const tenant = tenantOf(loggedModel.tenant)
  try {
    await db.write(tenant, async (tx) => {
      const known = readVersions(await findModelTag(tx, loggedModel, versionsTag))
      if (known.some(({ name, version: number }) => name === version.name && number === version.version)) return
      const value = `[${[...known, version].map(textOf).join(', ')}]`
      await upsertModelTags(tx, loggedModel, [{ key: versionsTag, value }])
    })
  } catch (error) {
    log.warn({ err: error, model: loggedModel.model_id, ...version }, 'The logged model does not name its new version')
  }
}

/** Anything else that somebody has put there is replaced. */
function readVersions(value: string | undefined): NamedVersion[] {
  try {
    const list: unknown = JSON.parse(value ?? '[]')
    return Array.isArray(list) ? list.filter(isNamedVersion) : []
  } catch {
    return []
  }
}

function isNamedVersion(item: unknown): item is NamedVersion {
  const { name, version } = (item ?? {}) as Partial<Record<keyof NamedVersion, unknown>>
  return typeof name === 'string' && typeof version === 'number'
}

/** As Python writes JSON. */
function textOf({ name, version }: NamedVersion): string {
  return `{"name": ${asciiJsonString(name)}, "version": ${version}}`
}
