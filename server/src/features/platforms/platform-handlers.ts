import { type Handler, handle } from '../../context/context.ts'
import type { Output } from '../../contract/wire.ts'
import { invalidParameter, notFound } from '../../errors/errors.ts'
import { rfc3339 } from '../../lib/rfc3339.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import * as contract from './platform-contract.ts'
import * as service from './platform-service.ts'
import { findPlatformById, listPlatformRows, type PlatformRow, platformSortKeys } from './platform-store.ts'

const usualLimit = 100
const mostResults = 1000

/** Administrators see all platforms, everyone else the one that knows them. */
const listPlatforms = handle(contract.listPlatforms, async ({ db, platform, caller }, request) => {
  const { limit = usualLimit } = request
  // An empty filter is none, and states are given in any case.
  const [id, name] = [request.id || undefined, request.displayName || undefined]
  const state = (request.lifecycleState || 'ACTIVE').toUpperCase()
  const excluded = request.excludeLifecycleState?.toUpperCase()
  if (limit < 1 || limit > mostResults) {
    throw invalidParameter(`'limit' must be from 1 to ${mostResults}; it is ${limit}.`, { field: 'limit' })
  }
  const order = orderOf(request.sortBy, request.sortOrder)
  const query = ['platforms', caller.id, id ?? null, name ?? null, order]
  const kinds = platformSortKeys(order).map(({ kind }) => kind)
  const after = decodePageToken(request.page, query, kinds)
  if (state !== 'ACTIVE' || excluded === 'ACTIVE') return { body: { items: [] } }
  const only = caller.administrator ? undefined : platform
  const found = await listPlatformRows(db.read, { only, id, name, order, after, limit: limit + 1 })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const body = { items: page.map(platformMessage) }
  if (last === undefined || found.length <= limit) return { body }
  return { body, nextPageToken: encodePageToken(query, [last[order.by], last.platform]) }
})

/** A platform never changes, so it has one revision. */
const getPlatform = handle(contract.getPlatform, async ({ db }, { aiDataPlatformId }) => {
  const row = await findPlatformById(db.lookup, aiDataPlatformId)
  if (row === undefined) throw notFound(`No platform '${aiDataPlatformId}'.`)
  return { body: platformMessage(row), revision: 1 }
})

const createPlatform = handle(contract.createPlatform, async ({ db, caller, now }, { displayName, id }) => {
  const row = await service.createPlatform(db, caller, { name: displayName, id: id || undefined }, now())
  return { body: platformMessage(row), revision: 1, created: row.id }
})

function orderOf(sortBy: string = 'timeCreated', sortOrder?: string) {
  if (sortBy !== 'timeCreated' && sortBy !== 'displayName') {
    throw invalidParameter(`'sortBy' takes timeCreated or displayName, not '${sortBy}'.`, { field: 'sortBy' })
  }
  const direction = sortOrder ?? (sortBy === 'displayName' ? 'ASC' : 'DESC')
  if (direction !== 'ASC' && direction !== 'DESC') {
    throw invalidParameter(`'sortOrder' takes ASC or DESC, not '${direction}'.`, { field: 'sortOrder' })
  }
  return { by: sortBy === 'displayName' ? 'name' : 'created', descending: direction === 'DESC' } as const
}

function platformMessage({ id, name, created }: PlatformRow): Output<typeof contract.getPlatform.reply> {
  return {
    id,
    displayName: name,
    compartmentId: id,
    aiDataPlatformType: 'AI_DATA_PLATFORM',
    timeCreated: rfc3339(created),
    timeUpdated: rfc3339(created),
    lifecycleState: 'ACTIVE',
    freeformTags: {},
    definedTags: {},
    systemTags: {},
  }
}

export const platformHandlers: readonly Handler[] = [listPlatforms, getPlatform, createPlatform]
