import { SqliteAdapter, SqliteQueryCompiler } from 'kysely'
import type { SqlFlavour } from '../../kysely-handles.ts'

export const sqliteFlavour: SqlFlavour = { adapter: new SqliteAdapter(), compiler: new SqliteQueryCompiler() }
