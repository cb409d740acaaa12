import { handle } from '../../context/context.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import * as service from './group-service.ts'
import * as store from './group-store.ts'
import { changeIdentities } from './identity-change.ts'
import { groupMessage, userMessage } from './identity-message.ts'
import { pageSize } from './identity-rules.ts'
import { subjectOf } from './subject.ts'
import * as contract from './user-contract.ts'

export const createGroup = handle(contract.createGroup, async (context, { name }) =>
  changeIdentities(context, async (tx) => {
    const group = await service.createGroup(tx, context.platform, context.now(), name)
    return { body: { group: groupMessage(group) }, revision: group.revision }
  }),
)

export const listGroups = handle(contract.listGroups, async ({ db, platform }, { max_results, page_token }) => {
  const limit = pageSize(max_results === undefined ? undefined : Number(max_results))
  const query = ['groups', platform]
  const [after] = decodePageToken(page_token, query, ['text']) ?? []
  const rows = await store.listGroupsByName(db.read, platform, limit + 1, after as string | undefined)
  const groups = rows.slice(0, limit)
  const last = rows.length > limit ? groups.at(-1) : undefined
  return {
    body: {
      groups: groups.map(groupMessage),
      ...(last === undefined ? {} : { next_page_token: encodePageToken(query, [last.name]) }),
    },
  }
})

export const getGroup = handle(contract.getGroup, async ({ db, platform }, { group_id }) => {
  const group = await store.getGroup(db.lookup, platform, group_id)
  return { body: { group: groupMessage(group) }, revision: group.revision }
})

export const updateGroup = handle(contract.updateGroup, async (context, { group_id, name }) =>
  changeIdentities(context, async (tx) => {
    const group = await service.renameGroup(tx, context.platform, context.now(), group_id, name)
    return { body: { group: groupMessage(group) }, revision: group.revision }
  }),
)

export const deleteGroup = handle(contract.deleteGroup, async (context, { group_id }) =>
  changeIdentities(context, async (tx) => {
    await service.deleteGroup(tx, context.platform, group_id)
    return { body: {} }
  }),
)

export const listGroupMembers = handle(contract.listGroupMembers, async ({ db, platform }, request) => {
  const limit = pageSize(request.max_results === undefined ? undefined : Number(request.max_results))
  const group = await store.getGroup(db.lookup, platform, request.group_id)
  const query = ['members', platform, group.id]
  const [after] = decodePageToken(request.page_token, query, ['text']) ?? []
  const rows = await store.listMembers(db.read, group, limit + 1, after as string | undefined)
  const users = rows.slice(0, limit)
  const last = rows.length > limit ? users.at(-1) : undefined
  return {
    body: {
      users: users.map((row) => userMessage(row)),
      ...(last === undefined ? {} : { next_page_token: encodePageToken(query, [last.id]) }),
    },
  }
})

export const addGroupMember = handle(contract.addGroupMember, async (context, { group_id, user_id }) =>
  changeIdentities(context, async (tx) => {
    const user = await subjectOf(tx, context, user_id)
    await service.addMember(tx, context.platform, context.now(), group_id, user.id)
    return { body: {} }
  }),
)

export const removeGroupMember = handle(contract.removeGroupMember, async (context, { group_id, user_id }) =>
  changeIdentities(context, async (tx) => {
    const user = await subjectOf(tx, context, user_id)
    await service.dropMember(tx, context.platform, group_id, user.id)
    return { body: {} }
  }),
)
