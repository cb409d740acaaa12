import { PostgresAdapter, PostgresQueryCompiler } from 'kysely'
import type { SqlFlavour } from '../../kysely-handles.ts'

export const postgresFlavour: SqlFlavour = { adapter: new PostgresAdapter(), compiler: new PostgresQueryCompiler() }
