import { randomUUID } from 'node:crypto'
import { type Context, handle } from '../../context/context.ts'
import { isUniqueViolation } from '../../db/driver-error.ts'
import { alreadyExists } from '../../errors/errors.ts'
import type { Tenant } from '../../lib/tenant.ts'
import { addFinishedOperation } from '../async-operations/async-operation-store.ts'
import { grantToWorkspaceCreator } from '../permissions/caller-rights.ts'
import * as contract from './workspace-contract.ts'
import { workspaceMessage } from './workspace-message.ts'
import { checkDisplayName } from './workspace-rules.ts'
import {
  insertWorkspaceDetails,
  lockNames,
  prepareWorkspace,
  type WorkspaceRow,
  workspaceExists,
  workspaceNamed,
} from './workspace-store.ts'

/** How often another number is tried when somebody else takes the same at the same moment. */
const attempts = 10

/** Ends at once: the answer is ACTIVE, the asynchronous operation SUCCEEDED (D61). */
export const createWorkspace = handle(
  contract.createWorkspace,
  async (context, request) => {
    const { db, platform, caller, now } = context
    const name = request.displayName
    checkDisplayName(name)
    if ((await workspaceNamed(db.lookup, platform, name)) !== undefined) throw taken(name)
    const key = randomUUID()
    const workspace = await prepared(context, key, name)
    const at = now()
    const network = request.networkConfigurationDetails
    const row: WorkspaceRow = {
      tenant: platform,
      workspace,
      key,
      name,
      description: request.description ?? null,
      type: 'USER',
      state: 'ACTIVE',
      created: at,
      updated: at,
      created_by: caller.id,
      created_by_name: caller.name,
      updated_by: caller.id,
      updated_by_name: caller.name,
      default_catalog: request.defaultCatalogKey || 'default',
      network: network === undefined ? null : JSON.stringify(network),
      revision: 1,
    }
    return db.write(platform, async (tx) => {
      await lockNames(tx, platform)
      if ((await workspaceNamed(tx, platform, name)) !== undefined) throw taken(name)
      await insertWorkspaceDetails(tx, row)
      await grantToWorkspaceCreator(tx, platform, caller, workspace, at)
      const asyncOperationKey = await addFinishedOperation(tx, platform, caller, operation('CREATE_WORKSPACE', row), at)
      return { body: workspaceMessage(row), revision: 1, asyncOperationKey, created: key }
    })
  },
  stillThere,
)

/** Whether a workspace that an answer tells of is not deleted. */
function stillThere({ db, platform }: Context, { key = '' }: { key?: string | undefined }): Promise<boolean> {
  return workspaceExists(db.lookup, platform, key)
}

async function prepared({ db, platform, now }: Context, key: string, name: string): Promise<Tenant> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await prepareWorkspace(db, platform, { key, name }, now())
    } catch (error) {
      if (attempt === attempts || !isUniqueViolation(error)) throw error
    }
  }
}

/** What was done to a workspace, for the list of asynchronous operations. */
export function operation(actionType: string, { key, name, workspace }: WorkspaceRow) {
  return { resourceType: 'WORKSPACE', actionType, resourceName: key, resourceDisplayName: name, workspace }
}

function taken(name: string): Error {
  return alreadyExists(`A workspace with the display name '${name}' exists already.`)
}
