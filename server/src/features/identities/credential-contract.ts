import { defineEndpoint, del, get, patch, post } from '../../contract/endpoint.ts'
import { bool, empty, int64, list, message, required, string } from '../../contract/wire.ts'
import { Access, Key, Token, userRef } from './identity-contract.ts'

const self = { scope: 'platform', permission: 'self', format: 'compact' } as const
const tokens = '/2.0/runstead/users/:user_id/tokens'
const keys = '/2.0/runstead/users/:user_id/keys'

const tokenRef = { ...userRef, token_id: required(string()) }
const keyRef = { ...userRef, fingerprint: required(string()) }
const oneKey = message('Key.Response', { key: Key })

export const createToken = defineEndpoint({
  ...self,
  id: 'createToken',
  summary: 'Make an API token for oneself, or as an administrator for a user. It is shown once.',
  routes: [post(tokens)],
  request: message('CreateToken', {
    ...userRef,
    name: required(string('For people; at most 128 characters.')),
    access: Access,
    expiration_time: int64('Epoch milliseconds; absent: never.'),
    workspaces: list(string(), 'Keys of the only workspaces that it is good for; empty: all.'),
  }),
  reply: message('CreateToken.Response', { token: Token, secret: string('The token itself, shown once.') }),
})

export const listTokens = defineEndpoint({
  ...self,
  id: 'listTokens',
  summary: 'List the tokens of a user, the oldest first.',
  routes: [get(tokens)],
  request: message('ListTokens', userRef),
  reply: message('ListTokens.Response', { tokens: list(Token) }),
})

export const revokeToken = defineEndpoint({
  ...self,
  id: 'revokeToken',
  summary: 'Revoke a token: from then on it is refused.',
  routes: [del(`${tokens}/:token_id`)],
  request: message('RevokeToken', tokenRef),
  reply: message('RevokeToken.Response', { token: Token }),
})

export const addKey = defineEndpoint({
  ...self,
  id: 'addKey',
  summary: 'Register a public key for OCI request signatures; a user can have three.',
  routes: [post(keys)],
  request: message('AddKey', {
    ...userRef,
    public_key: required(string('PEM, RSA of 2048 bit or more.')),
    tenancy: string("OCID that clients name as their tenancy; absent: the platform's own."),
  }),
  reply: oneKey,
})

export const listKeys = defineEndpoint({
  ...self,
  id: 'listKeys',
  summary: 'List the public keys of a user.',
  routes: [get(keys)],
  request: message('ListKeys', userRef),
  reply: message('ListKeys.Response', { keys: list(Key) }),
})

export const updateKey = defineEndpoint({
  ...self,
  id: 'updateKey',
  summary: 'Disable or enable a key.',
  routes: [patch(`${keys}/:fingerprint`)],
  request: message('UpdateKey', { ...keyRef, disabled: required(bool()) }),
  reply: oneKey,
})

export const deleteKey = defineEndpoint({
  ...self,
  id: 'deleteKey',
  summary: 'Delete a key.',
  routes: [del(`${keys}/:fingerprint`)],
  request: message('DeleteKey', keyRef),
  reply: empty,
})
