import { sql } from 'kysely'
import { handle } from '../../context/context.ts'
import { workspaceNotFound } from '../../errors/errors.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import { visibleWorkspaces } from '../permissions/caller-rights.ts'
import * as contract from './workspace-contract.ts'
import { workspaceMessage } from './workspace-message.ts'
import { listWorkspaceDetails, workspaceDetails, workspaceSortKeys } from './workspace-store.ts'

export const getWorkspace = handle(contract.getWorkspace, async ({ db, platform, tenant }, { workspaceKey }) => {
  const row = await workspaceDetails(db.lookup, platform, tenant)
  if (row === undefined) throw workspaceNotFound(workspaceKey, '')
  return { body: workspaceMessage(row), revision: row.revision }
})

export const listWorkspaces = handle(contract.listWorkspaces, async ({ db, platform, caller }, request) => {
  const { limit = 100, sortBy = 'timeCreated', sortOrder = sortBy === 'displayName' ? 'ASC' : 'DESC' } = request
  const filter = {
    state: request.lifecycleState,
    name: request.displayName,
    nameContains: request.displayNameContains,
    type: request.type,
    hasNetwork: request.isPrivateNetworkEnabled,
  }
  const order = { by: sortBy === 'displayName' ? 'name' : 'created', descending: sortOrder === 'DESC' } as const
  const kinds = workspaceSortKeys(order).map(({ kind }) => kind)
  const query = ['workspaces', platform, caller.id, Object.values(filter).map((value) => value ?? null), order]
  const found = await listWorkspaceDetails(db.read, {
    platform,
    visible: visibleWorkspaces(platform, caller, sql.ref('w.workspace')),
    ...filter,
    order,
    after: decodePageToken(request.page, query, kinds),
    limit: limit + 1,
  })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const body = { items: page.map(workspaceMessage) }
  if (last === undefined || found.length <= limit) return { body }
  return { body, nextPageToken: encodePageToken(query, [last[order.by], last.workspace]) }
})
