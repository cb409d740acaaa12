import { tracking } from './0001-tracking.ts'
import type { Migration } from './migration.ts'

/** Every step of the schema, in order of version. */
export const migrations: readonly Migration[] = [tracking]
