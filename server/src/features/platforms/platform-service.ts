import { randomUUID } from 'node:crypto'
import type { Database, Tx } from '../../db/database.ts'
import { isUniqueViolation } from '../../db/driver-error.ts'
import { alreadyExists } from '../../errors/errors.ts'
import type { Caller } from '../../lib/caller.ts'
import { type Platform, platformOf } from '../../lib/tenant.ts'
import { defaultWorkspaceKey, insertWorkspaceDetails, prepareWorkspace } from '../workspaces/workspace-store.ts'
import { checkPlatformId, checkPlatformName } from './platform-rules.ts'
import { findPlatformById, insertPlatform, lastPlatform, type PlatformRow } from './platform-store.ts'

export interface NewPlatform {
  readonly name: string
  /** An OCID; absent: a new one. */
  readonly id?: string | undefined
}

type Alongside = (tx: Tx, row: PlatformRow) => Promise<void>

/** How often other numbers are tried when somebody else takes the same at the same moment. */
const attempts = 10

/**
 * Creates a platform with its default workspace. Nobody sees either before both are there.
 *
 * @param now epoch milliseconds
 * @param alongside what else is written in the platform's transaction
 * @throws AppError `already-exists`, `invalid-parameter`, `missing-parameter`
 */
export async function createPlatform(
  db: Database,
  caller: Pick<Caller, 'id' | 'name'>,
  { name, id = newPlatformId() }: NewPlatform,
  now: number,
  alongside?: Alongside,
): Promise<PlatformRow> {
  checkPlatformName(name)
  checkPlatformId(id)
  for (let attempt = 1; ; attempt++) {
    if ((await findPlatformById(db.lookup, id)) !== undefined)
      throw alreadyExists(`The platform '${id}' exists already.`)
    const platform = platformOf((await lastPlatform(db.lookup)) + 1)
    try {
      return await createNumbered(db, platform, caller, { name, id }, now, alongside)
    } catch (error) {
      if (attempt === attempts || !isUniqueViolation(error)) throw error
    }
  }
}

async function createNumbered(
  db: Database,
  platform: Platform,
  caller: Pick<Caller, 'id' | 'name'>,
  { name, id }: Required<NewPlatform>,
  now: number,
  alongside?: Alongside,
): Promise<PlatformRow> {
  const workspace = await prepareWorkspace(db, platform, { key: defaultWorkspaceKey, name: 'default' }, now)
  const row = { platform, id: id as string, name, created: now }
  await db.write(platform, async (tx) => {
    await insertPlatform(tx, row)
    await insertWorkspaceDetails(tx, {
      tenant: platform,
      workspace,
      key: defaultWorkspaceKey,
      name: 'default',
      description: null,
      type: 'DEFAULT',
      state: 'ACTIVE',
      created: now,
      updated: now,
      created_by: caller.id,
      created_by_name: caller.name,
      updated_by: caller.id,
      updated_by_name: caller.name,
      default_catalog: 'default',
      network: null,
      revision: 1,
    })
    await alongside?.(tx, row)
  })
  return row
}

function newPlatformId(): string {
  return `ocid1.aidataplatform.local..${randomUUID().replaceAll('-', '')}`
}
