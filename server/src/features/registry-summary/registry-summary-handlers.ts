import { sql } from 'kysely'
import { type Handler, handle } from '../../context/context.ts'
import { visibleModels } from '../permissions/caller-rights.ts'
import * as contract from './registry-summary-contract.ts'
import { countModels } from './registry-summary-store.ts'

/** A catalog or schema that nobody has used has nothing in it (D52). */
const getRegisteredModelSummary = handle(contract.getRegisteredModelSummary, async (context, request) => {
  const { db, platform, caller } = context
  const visible = visibleModels(platform, caller, sql.ref('m.model'))
  const { models, versions } = await countModels(db.read, platform, request, visible)
  return {
    body: {
      registered_models_count: models,
      model_versions_count: versions,
      model_deployments_count: 0,
      active_deployment_count: 0,
    },
  }
})

export const registrySummaryHandlers: readonly Handler[] = [getRegisteredModelSummary]
