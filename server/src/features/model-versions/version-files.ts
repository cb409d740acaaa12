import type { Context } from '../../context/context.ts'
import { notFound } from '../../errors/errors.ts'
import { int64Max } from '../../lib/int64.ts'
import { type Tenant, tenantOf } from '../../lib/tenant.ts'
import { isProxied, joinPaths, pathBelowUri } from '../artifacts/artifact-location.ts'
import { seesModel } from '../permissions/caller-rights.ts'
import { findModelByName } from '../registered-models/registered-model-store.ts'
import { requireRun } from '../runs/run-store.ts'
import { getModelVersion } from './model-version-store.ts'
import type { ModelVersionView } from './model-version-view.ts'
import { parseRunsUri } from './version-source-rules.ts'

/**
 * Folder of the artifact proxy, in every workspace, where the files of versions are read that come from another workspace:
 * `<number of the model>/<version>/<path>`. Paths of artifacts begin with the number of an experiment otherwise.
 */
const versionsFolder = '.model-versions'

/** A path in the part of the store that belongs to a workspace. */
export interface ArtifactPlace {
  readonly tenant: Tenant
  readonly path: string
}

/**
 * The URI from which a client in the caller's workspace reads the files of a version. Clients send an `mlflow-artifacts:` URI
 * to the workspace that they talk to, where the files of another one are not.
 */
export async function versionDownloadUri(context: Context, view: ModelVersionView): Promise<string> {
  const { db, platform, tenant, mount } = context
  const uri = view.storage_location ?? view.source
  const isElsewhere = view.source_tenant !== null && view.source_tenant !== tenant
  if (!isElsewhere || mount === 'platform' || !(isProxied(uri) || parseRunsUri(uri) !== undefined)) return uri
  const model = await findModelByName(db.lookup, platform, view.name)
  return model === undefined ? uri : `mlflow-artifacts:/${versionsFolder}/${model.model}/${view.version}`
}

/**
 * Where the proxy reads what a checked path names: in the caller's workspace, or in that of a version which the caller sees.
 *
 * @throws AppError `not-found` for a version that is not there or not the caller's to see
 */
export async function artifactPlace(context: Context, path: string): Promise<ArtifactPlace> {
  const { db, platform, tenant, caller } = context
  const [folder, model = '', version = '', ...rest] = path.split('/')
  if (folder !== versionsFolder) return { tenant, path }
  const missing = notFound(`No such artifact: '${path}'`)
  if (!/^\d{1,19}$/.test(model) || BigInt(model) > int64Max || !/^\d{1,9}$/.test(version)) throw missing
  const found = await db.lookup
    .selectFrom('registered_models')
    .select(['name', 'model'])
    .where('tenant', '=', platform)
    .where('model', '=', BigInt(model))
    .executeTakeFirst()
  if (found === undefined || !(await seesModel(db.lookup, platform, caller, found.model))) throw missing
  const view = await getModelVersion(db.lookup, platform, found.name, Number(version))
  return versionPlace(context, view, rest.join('/'))
}

/**
 * Where a file of a version is.
 *
 * @param path checked; empty means all of them
 * @throws AppError `not-found` for the run of a `runs:/` URI; `invalid-parameter` for files outside this server's store
 */
export async function versionPlace(context: Context, view: ModelVersionView, path: string): Promise<ArtifactPlace> {
  const tenant = view.source_tenant === null ? context.tenant : tenantOf(view.source_tenant)
  const uri = view.storage_location ?? view.source
  const ofRun = parseRunsUri(uri)
  if (ofRun === undefined) return { tenant, path: pathBelowUri(uri, path) }
  const { artifact_uri } = await requireRun(context.db.lookup, tenant, ofRun.runId)
  return { tenant, path: pathBelowUri(artifact_uri, joinPaths(ofRun.path, path)) }
}
