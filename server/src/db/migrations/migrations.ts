import { tracking } from './0001-tracking.ts'
import { registry } from './0002-registry.ts'
import { webhooks } from './0003-webhooks.ts'
import { identities } from './0004-identities.ts'
import { permissions } from './0005-permissions.ts'
import { retryTokens } from './0006-retry-tokens.ts'
import { control } from './0007-control.ts'
import { logins } from './0008-logins.ts'
import type { Migration } from './migration.ts'

/** Every step of the schema, in order of version. */
export const migrations: readonly Migration[] = [
  tracking,
  registry,
  webhooks,
  identities,
  permissions,
  retryTokens,
  control,
  logins,
]
