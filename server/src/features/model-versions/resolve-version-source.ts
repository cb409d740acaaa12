import { sql } from 'kysely'
import type { Context } from '../../context/context.ts'
import type { Reader } from '../../db/database.ts'
import { AppError } from '../../errors/app-error.ts'
import { internalError, invalidParameter, notFound, relatedNotFound } from '../../errors/errors.ts'
import type { Int64 } from '../../lib/int64.ts'
import { modelNumber, runNumber } from '../../lib/run-number.ts'
import { type Platform, type Tenant, tenantOf } from '../../lib/tenant.ts'
import { splitUri } from '../../lib/uri-parts.ts'
import { holdsCredentials, hostSchemeProblem, isAmbiguous } from '../artifacts/artifact-location.ts'
import { findLoggedModel, type LoggedModelRow } from '../logged-models/logged-model-store.ts'
import { readableWorkspaces, seesModel } from '../permissions/caller-rights.ts'
import { findAlias, highestVersion } from '../registered-models/model-alias-store.ts'
import { latestVersions } from '../registered-models/registered-model-details.ts'
import { isLatestAlias, modelNotFound } from '../registered-models/registered-model-rules.ts'
import { getModelByName, type RegisteredModelRow } from '../registered-models/registered-model-store.ts'
import { findRun, type RunRow } from '../runs/run-store.ts'
import { readStage } from './model-version-rules.ts'
import { getModelVersion } from './model-version-store.ts'
import {
  checkSourceForm,
  invalidSource,
  isWithin,
  isWithinLocal,
  localSourceOutside,
  type ModelsUri,
  parseModelsUri,
  sourceOutside,
} from './version-source-rules.ts'

/** What a request says of a new version's files. */
export interface GivenSource {
  readonly source: string
  readonly run_id?: string | undefined
  readonly model_id?: string | undefined
}

/** What is stored of it. */
export interface VersionSource {
  readonly source: string
  /** Null where the files lie at `source`. */
  readonly storage_location: string | null
  /** Empty for none. */
  readonly run_id: string
  /** Empty for none. */
  readonly model_id: string
  /** Workspace in which run or model was found; null for none. */
  readonly source_tenant: Tenant | null
  /** The logged model that is registered, where it exists. */
  readonly loggedModel?: LoggedModelRow
}

/**
 * Decides where the files of a new version are, by the rules of MLflow 3.17.0: a `models:/` source of another version is
 * resolved and inherits that version's run and logged model; everything else that names this server's storage must lie
 * below the artifacts of the run or logged model that the request names.
 *
 * @throws AppError `invalid-parameter` for a source that breaks a rule; `related-not-found` for an absent run or model
 */
export async function resolveVersionSource(context: Context, given: GivenSource): Promise<VersionSource> {
  refuseExtras(given.source)
  const problem = hostSchemeProblem(given.source, 'source')
  if (problem !== undefined) throw invalidParameter(problem, { field: 'source' })
  const uri = modelsUriOf(given.source)
  if (uri !== undefined && uri.kind !== 'logged-model') return resolveOtherVersion(context, given, uri)
  const owned = await resolveOwned(context, given)
  const { loggedModel } = owned
  return {
    source: given.source,
    storage_location: uri === undefined ? null : (loggedModel?.artifact_location ?? null),
    run_id: given.run_id || loggedModel?.source_run_id || '',
    model_id: given.model_id ?? '',
    ...owned,
  }
}

/**
 * What would be stored, shown or read as something else than a place: a password, a query.
 *
 * @throws AppError `invalid-parameter`, which does not repeat the source
 */
function refuseExtras(source: string): void {
  const parts = splitUri(source)
  if (holdsCredentials(parts)) {
    throw invalidParameter("'source' must not hold a user name and password.", { field: 'source' })
  }
  if (parts.query !== '' && !['', 'file', 'models'].includes(parts.scheme)) {
    throw invalidParameter("'source' must not hold a query.", { field: 'source' })
  }
}

type Owned = Pick<VersionSource, 'source_tenant' | 'loggedModel'>

/** Checks the source against the run and the logged model that the request names. */
async function resolveOwned(context: Context, given: GivenSource): Promise<Owned> {
  const { source, run_id = '', model_id = '' } = given
  const owner = model_id === '' ? 'run_id' : 'model_id'
  const demand = checkSourceForm(source, owner, model_id || run_id)
  if (demand !== 'inside-local-artifacts' && isAmbiguous(source)) {
    throw invalidSource(source, "It must not hold '..', control characters or blanks at its ends.")
  }
  const run = run_id === '' ? undefined : await findInWorkspaces(context, 'runs', run_id)
  const model = model_id === '' ? undefined : await findInWorkspaces(context, 'logged_models', model_id)
  if (demand !== 'nothing') {
    const root = model_id === '' ? run?.row.artifact_uri : model?.row.artifact_location
    if (demand === 'inside-artifacts' && !(root !== undefined && isWithin(source, root))) {
      throw sourceOutside(source, owner)
    }
    if (demand === 'inside-local-artifacts') {
      if (root === undefined) throw sourceOutside(source, owner)
      if (!isWithinLocal(source, root)) throw localSourceOutside(source, owner)
    }
  }
  if (model_id !== '' && model === undefined) throw modelMissing(context, source, model_id)
  // MLflow takes any text for the run of a source elsewhere; AIDP asks that the run is there (decision D50).
  if (run_id !== '' && run === undefined && context.dialect === 'aidp') {
    throw relatedNotFound(`Run with id=${run_id} not found`, 'run_id')
  }
  if (run !== undefined && model !== undefined && run.tenant !== model.tenant) {
    throw relatedNotFound(`Run with id=${run_id} is not in the workspace of the logged model`, 'run_id')
  }
  const source_tenant = model?.tenant ?? run?.tenant ?? null
  return model === undefined ? { source_tenant } : { source_tenant, loggedModel: model.row }
}

/** MLflow answers INTERNAL_ERROR where the source itself names the model. */
function modelMissing({ dialect }: Context, source: string, modelId: string): Error {
  const message = `Logged model with ID '${modelId}' not found.`
  if (dialect === 'aidp' || modelsUriOf(source) === undefined) return relatedNotFound(message, 'model_id')
  return internalError(`Unable to fetch model from model URI source artifact location '${source}'.Error: ${message}`)
}

async function resolveOtherVersion(
  context: Context,
  { source, run_id, model_id }: GivenSource,
  uri: Exclude<ModelsUri, { kind: 'logged-model' }>,
): Promise<VersionSource> {
  const origin = await asRelated(findOrigin(context, source, uri))
  if ((run_id ?? origin.run_id) !== origin.run_id || (model_id ?? origin.model_id) !== origin.model_id) {
    throw invalidSource(source, 'The run_id and model_id request parameters must match the referenced model version.')
  }
  const tenant = origin.source_tenant === null ? null : tenantOf(origin.source_tenant)
  const loggedModel =
    tenant === null || origin.model_id === ''
      ? undefined
      : await ifFound(findLoggedModel(context.db.lookup, tenant, origin.model_id))
  return {
    source: `models:/${uri.name}/${origin.version}`,
    storage_location: origin.storage_location ?? origin.source,
    run_id: origin.run_id,
    model_id: origin.model_id,
    source_tenant: tenant,
    ...(loggedModel === undefined ? {} : { loggedModel }),
  }
}

async function findOrigin(
  { db, platform, caller }: Context,
  source: string,
  uri: Exclude<ModelsUri, { kind: 'logged-model' }>,
) {
  const model = await getModelByName(db.lookup, platform, uri.name)
  if (!(await seesModel(db.lookup, platform, caller, model.model))) throw modelNotFound(uri.name)
  if (model.is_prompt) throw invalidSource(source, 'Prompt versions cannot be used as model version sources.')
  return getModelVersion(db.lookup, platform, uri.name, await numberOf({ db, platform }, model, uri))
}

async function numberOf(
  { db, platform }: Pick<Context, 'db' | 'platform'>,
  model: RegisteredModelRow,
  uri: Exclude<ModelsUri, { kind: 'logged-model' }>,
): Promise<number> {
  if (uri.kind === 'version') return uri.version
  if (uri.kind === 'stage') {
    const stage = readStage(uri.stage)
    const [latest] = await latestVersions(db.engine, db.lookup, platform, [model.model], [stage], 'without aliases')
    if (latest !== undefined) return latest.version
    throw internalError(`No versions of model with name '${uri.name}' and stage '${uri.stage}' found`)
  }
  if (uri.kind === 'latest' || isLatestAlias(uri.alias)) {
    const highest = await highestVersion(db.lookup, model)
    if (highest !== undefined) return highest
    if (uri.kind === 'latest') throw internalError(`No versions of model with name '${uri.name}' found`)
    throw notFound(`Latest version not found for model ${uri.name}.`)
  }
  const version = await findAlias(db.lookup, model, uri.alias)
  if (version !== undefined) return version
  throw invalidParameter(`Registered model alias ${uri.alias} not found.`, { field: 'source' })
}

/** @throws AppError `invalid-parameter` for a `models:` source of no known form */
function modelsUriOf(source: string): ModelsUri | undefined {
  if (!/^models:/i.test(source.trimStart())) return undefined
  if (/^models:\/\/[^/]/i.test(source.trimStart())) {
    throw invalidSource(source, 'Registered model sources must use the active model registry.')
  }
  const uri = parseModelsUri(source)
  if (uri === undefined) throw sourceOutside(source, 'model_id')
  return uri
}

interface Found<Row> {
  readonly tenant: Tenant
  readonly row: Row
}

type OwnerRows = { readonly runs: RunRow; readonly logged_models: LoggedModelRow }

/**
 * A run, or a logged model that is not deleted: in the workspace of the mount, or at a platform's own mount in whichever
 * workspace of the platform has it; never in one that the caller may not read.
 */
async function findInWorkspaces<Table extends keyof OwnerRows>(
  { db, mount, platform, tenant, caller }: Context,
  table: Table,
  id: string,
): Promise<Found<OwnerRows[Table]> | undefined> {
  const tenants = mount === 'platform' ? await tenantsWith(db.lookup, platform, table, id) : [tenant]
  for (const one of await readableWorkspaces(db.lookup, platform, caller, tenants)) {
    const row: RunRow | LoggedModelRow | undefined =
      table === 'runs' ? await findRun(db.lookup, one, id) : await ifFound(findLoggedModel(db.lookup, one, id))
    if (row === undefined || (table === 'logged_models' && row.deleted)) continue
    return { tenant: one, row: row as OwnerRows[Table] }
  }
  return undefined
}

async function tenantsWith(db: Reader, platform: Platform, table: keyof OwnerRows, id: string): Promise<Tenant[]> {
  const number: Int64 | undefined = table === 'runs' ? runNumber(id) : modelNumber(id)
  if (number === undefined) return []
  const column = sql.ref(table === 'runs' ? 'o.run' : 'o.model')
  const { rows } = await sql<{ readonly workspace: number }>`select d.workspace from workspace_details as d
    where d.tenant = ${platform} and d.state <> 'DELETED' and exists (
      select 1 from ${sql.table(table)} as o where o.tenant = d.workspace and ${column} = ${number} limit 1 offset 0
    )`.execute(db)
  return rows.map((row) => tenantOf(row.workspace))
}

async function ifFound<T>(search: Promise<T>): Promise<T | undefined> {
  try {
    return await search
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return undefined
    throw error
  }
}

/** What the source names is not the operation's own target (decision D16). */
async function asRelated<T>(search: Promise<T>): Promise<T> {
  try {
    return await search
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') throw relatedNotFound(error.message, 'source')
    throw error
  }
}
