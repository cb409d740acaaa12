import { handle } from '../../context/context.ts'
import { decodePageToken, encodePageToken } from '../../search/page-token.ts'
import { changeIdentities } from './identity-change.ts'
import { tokenMessage, userMessage } from './identity-message.ts'
import { pageSize } from './identity-rules.ts'
import { subjectOf } from './subject.ts'
import { createToken } from './token-service.ts'
import * as contract from './user-contract.ts'
import * as service from './user-service.ts'
import { groupsOfUser, listUsersByName } from './user-store.ts'

export const createUser = handle(contract.createUser, async (context, request) => {
  const { platform, now } = context
  const { token_name, kind = 'person', administrator = false } = request
  return changeIdentities(context, async (tx) => {
    const user = await service.createUser(tx, platform, now(), {
      name: request.name,
      kind,
      administrator,
      id: request.id,
    })
    if (token_name === undefined) return { body: { user: userMessage(user) } }
    const token = await createToken(tx, platform, now(), user, { name: token_name, access: 'admin' })
    return { body: { user: userMessage(user), token: tokenMessage(token.row, new Map()), secret: token.secret } }
  })
})

export const listUsers = handle(contract.listUsers, async ({ db, platform }, { max_results, page_token }) => {
  const limit = pageSize(max_results === undefined ? undefined : Number(max_results))
  const query = ['users', platform]
  const [after] = decodePageToken(page_token, query, ['text']) ?? []
  const rows = await listUsersByName(db.read, platform, limit + 1, after as string | undefined)
  const users = rows.slice(0, limit)
  const last = rows.length > limit ? users.at(-1) : undefined
  return {
    body: {
      users: users.map((row) => userMessage(row)),
      ...(last === undefined ? {} : { next_page_token: encodePageToken(query, [last.name]) }),
    },
  }
})

export const getUser = handle(contract.getUser, async (context, { user_id }) => {
  const user = await subjectOf(context.db.lookup, context, user_id)
  return {
    body: { user: userMessage(user, await groupsOfUser(context.db.lookup, user)) },
    revision: user.revision,
  }
})

export const updateUser = handle(contract.updateUser, async (context, { user_id, ...changes }) =>
  changeIdentities(context, async (tx) => {
    const { id } = await subjectOf(tx, context, user_id)
    const user = await service.changeUser(tx, context.platform, context.now(), id, changes)
    return { body: { user: userMessage(user, await groupsOfUser(tx, user)) }, revision: user.revision }
  }),
)

export const deleteUser = handle(contract.deleteUser, async (context, { user_id }) =>
  changeIdentities(context, async (tx) => {
    const { id } = await subjectOf(tx, context, user_id)
    await service.deleteUser(tx, context.platform, id)
    return { body: {} }
  }),
)
