import { type Answer, type Context, handle } from '../../context/context.ts'
import { invalidParameter } from '../../errors/errors.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import { modelNotFound } from '../registered-models/registered-model-rules.ts'
import {
  type GrantObject,
  type GrantOrder,
  grantSortKeys,
  listGrants,
  modelObject,
  permissionsOnModelNamed,
  platformObject,
  workspaceObject,
} from './grant-store.ts'
import * as contract from './permission-contract.ts'
import { modelPermissions, permissionNames, platformPermissions, workspacePermissions } from './permission-rules.ts'

const usualLimit = 100
const mostResults = 1000
const longestPageToken = 1024

export const listRegisteredModelPermissions = handle(
  contract.listRegisteredModelPermissions,
  async (context, request) => {
    const { registeredModelKey: name } = request
    const order = modelOrder(request.sortBy, request.sortOrder)
    const found = await permissionsOnModelNamed(context.db.lookup, context.platform, name, [])
    if (found === undefined) throw modelNotFound(name)
    return pageOfGrants(context, modelObject(found.model), modelPermissions, order, request)
  },
)

export const listWorkspacePermissions = handle(contract.listWorkspacePermissions, (context, request) =>
  pageOfGrants(context, workspaceObject(context.tenant), workspacePermissions, nameOrder(request), request),
)

export const listCreateWorkspacePermissions = handle(contract.listCreateWorkspacePermissions, (context, request) =>
  pageOfGrants(context, platformObject, platformPermissions, nameOrder(request), request),
)

interface PageRequest {
  readonly limit?: number | undefined
  readonly page?: string | undefined
}

async function pageOfGrants(
  { db, platform, caller }: Context,
  object: GrantObject,
  known: readonly string[],
  order: GrantOrder,
  { limit = usualLimit, page }: PageRequest,
): Promise<Answer<{ readonly items: readonly GrantSummary[] }>> {
  if (limit < 1 || limit > mostResults) {
    throw invalidParameter(`'limit' must be from 1 to ${mostResults}; it is ${limit}.`, { field: 'limit' })
  }
  if (page !== undefined && page.length > longestPageToken) {
    throw invalidParameter(`'page' has more than ${longestPageToken} characters.`, { field: 'page' })
  }
  const query = ['permissions', platform, object.kind, String(object.number), order.by, order.descending, caller.id]
  const after = decodePageToken(
    page,
    query,
    grantSortKeys(order).map(({ kind }) => kind),
  )
  const found = await listGrants(db.read, platform, object, order, after, limit + 1)
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const items = rows.map(({ row }) => ({
    grantee: row.grantee,
    granteeName: row.grantee_name,
    granteeType: row.grantee_type,
    granteePermissions: permissionNames(row.permissions, known),
  }))
  return found.length > limit && last !== undefined
    ? { body: { items }, nextPageToken: encodePageToken(query, last.values) }
    : { body: { items } }
}

interface GrantSummary {
  readonly grantee: string
  readonly granteeName: string
  readonly granteeType: string
  readonly granteePermissions: readonly string[]
}

function modelOrder(sortBy = 'timeCreated', sortOrder?: string): GrantOrder {
  switch (sortBy) {
    case 'timeCreated':
      return { by: 'created', descending: isDescending(sortOrder, true) }
    case 'displayName':
      return { by: 'name', descending: isDescending(sortOrder, false) }
    default:
      throw invalidParameter(`'sortBy' takes timeCreated and displayName, not '${sortBy}'.`, { field: 'sortBy' })
  }
}

function nameOrder({
  sortBy = 'granteeName',
  sortOrder,
}: {
  sortBy?: string | undefined
  sortOrder?: string | undefined
}) {
  if (sortBy !== 'granteeName') {
    throw invalidParameter(`'sortBy' takes granteeName, not '${sortBy}'.`, { field: 'sortBy' })
  }
  return { by: 'name', descending: isDescending(sortOrder, false) } as const
}

function isDescending(sortOrder: string | undefined, usual: boolean): boolean {
  if (sortOrder === undefined) return usual
  if (sortOrder === 'ASC' || sortOrder === 'DESC') return sortOrder === 'DESC'
  throw invalidParameter(`'sortOrder' takes ASC and DESC, not '${sortOrder}'.`, { field: 'sortOrder' })
}
