import type { Engine } from '../database.ts'
import type { Migration } from './migration.ts'
import { createTable, type TableDefinition } from './table-definition.ts'

/** Sessions of people who have logged in with a browser; they belong to platforms. */
export const logins: Migration = {
  version: 8,
  name: 'logins',
  statements: (engine: Engine) => createTable(engine, loginSessions),
}

const loginSessions: TableDefinition = {
  name: 'login_sessions',
  columns: { tenant: 'int4', digest: 'text', user_id: 'text', created: 'int8', expires: 'int8' },
  primaryKey: ['tenant', 'digest'],
  indexes: {
    login_sessions_user: ['tenant', 'user_id', 'digest'],
    login_sessions_expires: ['tenant', 'expires', 'digest'],
  },
}
