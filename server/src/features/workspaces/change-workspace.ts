import { handle } from '../../context/context.ts'
import { conflict, nameTaken, workspaceNotFound } from '../../errors/errors.ts'
import { addFinishedOperation } from '../async-operations/async-operation-store.ts'
import { deleteGrantsOn, workspaceObject } from '../permissions/grant-store.ts'
import { addWorkspacePurge } from '../purges/workspace-purge-store.ts'
import { operation } from './create-workspace.ts'
import * as contract from './workspace-contract.ts'
import { workspaceMessage } from './workspace-message.ts'
import { checkDisplayName } from './workspace-rules.ts'
import { changeWorkspaceDetails, defaultWorkspaceKey, isInUse, lockNames, workspaceNamed } from './workspace-store.ts'

export const updateWorkspace = handle(contract.updateWorkspace, async (context, request) => {
  const { db, platform, tenant, caller, now } = context
  const { displayName: name, networkConfigurationDetails: network } = request
  if (name !== undefined) checkDisplayName(name)
  return db.write(platform, async (tx) => {
    const at = now()
    if (name !== undefined) {
      await lockNames(tx, platform)
      const holder = await workspaceNamed(tx, platform, name)
      if (holder !== undefined && holder.workspace !== tenant) {
        throw nameTaken(`A workspace with the display name '${name}' exists already.`)
      }
    }
    const row = await changeWorkspaceDetails(tx, platform, tenant, {
      ...(name === undefined ? {} : { name }),
      ...(request.description === undefined ? {} : { description: request.description }),
      ...(request.defaultCatalogKey === undefined ? {} : { default_catalog: request.defaultCatalogKey }),
      ...(network === undefined ? {} : { network: JSON.stringify(network) }),
      updated: at,
      updated_by: caller.id,
      updated_by_name: caller.name,
    })
    if (row === undefined) throw workspaceNotFound(request.workspaceKey, '')
    const asyncOperationKey = await addFinishedOperation(tx, platform, caller, operation('UPDATE_WORKSPACE', row), at)
    return { body: workspaceMessage(row), revision: row.revision, asyncOperationKey }
  })
})

/**
 * Ends at once (D61): nobody reaches what is in the workspace any more, and its name is free. The data is left to the purge
 * job.
 */
export const deleteWorkspace = handle(contract.deleteWorkspace, async (context, { workspaceKey }) => {
  const { db, platform, tenant, caller, now, workspaces, grants } = context
  if (workspaceKey === defaultWorkspaceKey) throw conflict('The default workspace cannot be deleted.')
  // The workspace is a tenant of its own, so a moment is left in which others may still write there: what they write is lost
  // with the workspace, and removed by the purge job.
  if (await isInUse(db.read, tenant)) {
    throw conflict('The workspace has active experiments or runs; delete them first.')
  }
  const answer = await db.write(platform, async (tx) => {
    const at = now()
    const changes = { state: 'DELETED', updated: at, updated_by: caller.id, updated_by_name: caller.name }
    const row = await changeWorkspaceDetails(tx, platform, tenant, changes)
    await deleteGrantsOn(tx, platform, workspaceObject(tenant))
    if (row === undefined) throw workspaceNotFound(workspaceKey, '')
    await addWorkspacePurge(tx, platform, tenant, at)
    const asyncOperationKey = await addFinishedOperation(tx, platform, caller, operation('DELETE_WORKSPACE', row), at)
    return { body: {}, asyncOperationKey }
  })
  workspaces.forget()
  grants.forget()
  return answer
})
