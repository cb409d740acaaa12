import { bool, enumeration, int64, list, message, required, string } from '../../contract/wire.ts'

export const UserKind = enumeration('UserKind', { person: 0, service: 1 })
export const Access = enumeration('TokenAccess', { read: 0, write: 1, admin: 2 })

const named = { id: string('OCID; never used again.'), name: string() }

export const User = message('User', {
  ...named,
  kind: UserKind,
  administrator: bool('Whether everything on the platform is allowed.'),
  disabled: bool(),
  creation_time: int64('Epoch milliseconds.'),
  last_updated_time: int64('Epoch milliseconds.'),
  groups: list(message('UserGroup', named)),
})

export const Group = message('Group', {
  ...named,
  creation_time: int64('Epoch milliseconds.'),
  last_updated_time: int64('Epoch milliseconds.'),
})

export const Token = message('Token', {
  id: string(),
  name: string(),
  access: Access,
  workspaces: list(string(), 'Keys of the only workspaces that it is good for; empty: all.'),
  creation_time: int64('Epoch milliseconds.'),
  expiration_time: int64('Epoch milliseconds; absent: never.'),
  revocation_time: int64('Epoch milliseconds; absent: it is not revoked.'),
  last_used_time: int64('Epoch milliseconds, written up to a minute later; absent: never used.'),
})

export const Key = message('Key', {
  fingerprint: string('MD5 of the key: 16 pairs of hex digits with `:` between.'),
  key_id: string('What clients name in the Authorization header: <tenancy>/<user>/<fingerprint>.'),
  public_key: string('PEM.'),
  disabled: bool(),
  creation_time: int64('Epoch milliseconds.'),
  last_used_time: int64('Epoch milliseconds, written up to a minute later; absent: never used.'),
})

export const page = { max_results: int64('1 to 1,000; default 100.'), page_token: string() }
export const userRef = { user_id: required(string('Id or name of a user; `me` for oneself.')) }
export const groupRef = { group_id: required(string('Id or name of a group.')) }
