import { handle } from '../../context/context.ts'
import type { Reader, Tx } from '../../db/database.ts'
import type { ApiTokenTable } from '../../db/tables/identity-tables.ts'
import * as contract from './credential-contract.ts'
import { workspacesOf } from './credential-store.ts'
import { changeIdentities } from './identity-change.ts'
import { keyMessage, tokenMessage } from './identity-message.ts'
import * as keys from './key-service.ts'
import { listKeys as listKeyRows } from './key-store.ts'
import { refuseLimited, subjectOf } from './subject.ts'
import * as tokens from './token-service.ts'
import { listTokens as listTokenRows, workspaceKeys } from './token-store.ts'

export const createToken = handle(contract.createToken, async (context, request) => {
  const { user_id, name, access = 'write', expiration_time, workspaces } = request
  refuseLimited(context)
  return changeIdentities(context, async (tx) => {
    const user = await subjectOf(tx, context, user_id)
    const { row, secret } = await tokens.createToken(tx, context.platform, context.now(), user, {
      name,
      access,
      expires: expiration_time === undefined ? undefined : Number(expiration_time),
      workspaces,
    })
    const [token] = await tokenMessages(tx, [row])
    return { body: { token: token!, secret } }
  })
})

export const listTokens = handle(contract.listTokens, async (context, { user_id }) => {
  const { lookup, read } = context.db
  const rows = await listTokenRows(read, await subjectOf(lookup, context, user_id))
  return { body: { tokens: await tokenMessages(read, rows) } }
})

/** A lesser token can give up itself, nothing else. */
export const revokeToken = handle(contract.revokeToken, async (context, { user_id, token_id }) => {
  if (context.caller.limits?.tokenId !== token_id) refuseLimited(context)
  return changeIdentities(context, async (tx) => {
    const row = await tokens.revokeToken(tx, context.now(), await subjectOf(tx, context, user_id), token_id)
    const [token] = await tokenMessages(tx, [row])
    return { body: { token: token! } }
  })
})

export const addKey = handle(contract.addKey, async (context, { user_id, public_key, tenancy }) => {
  refuseLimited(context)
  return changeIdentities(context, async (tx) => {
    const user = await subjectOf(tx, context, user_id)
    const row = await keys.addKey(tx, context.platform, context.now(), user, public_key, tenancy)
    return { body: { key: keyMessage(row) } }
  })
})

export const listKeys = handle(contract.listKeys, async (context, { user_id }) => {
  const rows = await listKeyRows(context.db.read, await subjectOf(context.db.lookup, context, user_id))
  return { body: { keys: rows.map(keyMessage) } }
})

export const updateKey = handle(contract.updateKey, async (context, { user_id, fingerprint, disabled }) => {
  refuseLimited(context)
  return changeIdentities(context, async (tx) => {
    const row = await keys.setKeyDisabled(tx, await subjectOf(tx, context, user_id), fingerprint, disabled)
    return { body: { key: keyMessage(row) } }
  })
})

export const deleteKey = handle(contract.deleteKey, async (context, { user_id, fingerprint }) => {
  refuseLimited(context)
  return changeIdentities(context, async (tx) => {
    await keys.deleteKey(tx, await subjectOf(tx, context, user_id), fingerprint)
    return { body: {} }
  })
})

async function tokenMessages(db: Reader | Tx, rows: readonly ApiTokenTable[]) {
  const limitedTo = rows.flatMap(({ workspaces }) => workspacesOf(workspaces) ?? [])
  const keysByNumber = await workspaceKeys(db, [...new Set(limitedTo)])
  return rows.map((row) => tokenMessage(row, keysByNumber))
}
