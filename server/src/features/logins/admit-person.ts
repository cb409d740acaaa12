import { randomUUID } from 'node:crypto'
import type { Context } from '../../context/context.ts'
import type { Reader, Tx } from '../../db/database.ts'
import type { UserTable } from '../../db/tables/identity-tables.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Platform } from '../../lib/tenant.ts'
import { insertAuditEntries } from '../audit/audit-store.ts'
import { createGroup } from '../identities/group-service.ts'
import { findGroup, insertMember, removeMember } from '../identities/group-store.ts'
import { changeIdentities } from '../identities/identity-change.ts'
import { isName } from '../identities/identity-rules.ts'
import { createUser } from '../identities/user-service.ts'
import { administratorExists, findUser, updateUserRow } from '../identities/user-store.ts'
import { loginEntry } from './login-entry.ts'

/** What an OpenID provider says of a person. */
export interface Person {
  readonly issuer: string
  /** Stable id at the issuer. */
  readonly subject: string
  readonly name: string
  /** Names of groups here. */
  readonly groups: readonly string[]
  /** Undefined: the provider says nothing of it, and it stays as it is. */
  readonly administrator?: boolean
}

const mostGroups = 200

/**
 * Finds the user of a person whom a provider vouches for, makes one at the first time, and brings name, administrator's mark
 * and memberships up to what the provider says. Memberships that were given here stay. Nothing is written when all is as
 * the provider says already; otherwise the audit log has a row in the same transaction.
 *
 * @throws AppError `permission-denied` when the user is disabled, or would be the first one without being an administrator
 */
export async function admitPerson(
  context: Pick<Context, 'db' | 'platform' | 'identities'>,
  now: number,
  person: Person,
): Promise<string> {
  const { db, platform } = context
  const known = await findPerson(db.lookup, platform, person)
  if (known?.disabled === 1) throw new AppError('permission-denied', `The user '${known.name}' is disabled.`)
  if (known !== undefined && (await isUpToDate(db.lookup, known, person))) return known.id
  return changeIdentities(context, async (tx) => {
    const user = (await findPerson(tx, platform, person)) ?? (await newUser(tx, platform, now, person))
    await followProvider(tx, platform, now, user, person)
    await insertAuditEntries(tx, platform, [loginEntry(platform, 'admitPerson', user, now)], now)
    return user.id
  })
}

async function findPerson(db: Reader | Tx, platform: Platform, person: Person): Promise<UserTable | undefined> {
  return db
    .selectFrom('users')
    .selectAll()
    .where('tenant', '=', platform)
    .where('issuer', '=', person.issuer)
    .where('subject', '=', person.subject)
    .executeTakeFirst()
}

async function isUpToDate(db: Reader, user: UserTable, person: Person): Promise<boolean> {
  if (person.administrator !== undefined && (user.administrator === 1) !== person.administrator) return false
  const { missing, stale } = await groupChanges(db, user, person)
  return missing.length === 0 && stale.length === 0
}

/** Groups to join, by name, and groups to leave: only those that the provider once said. */
async function groupChanges(
  db: Reader | Tx,
  { tenant, id }: UserTable,
  { groups, issuer }: Person,
): Promise<{ readonly missing: readonly string[]; readonly stale: readonly string[] }> {
  const wanted = new Set(groups.filter(isName).slice(0, mostGroups))
  const memberships = await db
    .selectFrom('group_members')
    .innerJoin('user_groups', (join) =>
      join
        .onRef('user_groups.tenant', '=', 'group_members.tenant')
        .onRef('user_groups.id', '=', 'group_members.group_id'),
    )
    .select(['user_groups.id', 'user_groups.name', 'group_members.source'])
    .where('group_members.tenant', '=', tenant)
    .where('group_members.user_id', '=', id)
    .where('user_groups.tenant', '=', tenant)
    .execute()
  const present = new Set(memberships.map(({ name }) => name))
  const stale = memberships.filter(({ name, source }) => source === issuer && !wanted.has(name))
  return { missing: [...wanted].filter((name) => !present.has(name)), stale: stale.map((group) => group.id) }
}

async function newUser(tx: Tx, platform: Platform, now: number, person: Person): Promise<UserTable> {
  if (person.administrator !== true && !(await administratorExists(tx, platform))) {
    throw new AppError('permission-denied', 'This server has no administrator yet: one must be the first to log in.')
  }
  return createUser(tx, platform, now, {
    name: await freeName(tx, platform, person),
    kind: 'person',
    administrator: person.administrator === true,
    vouched: { issuer: person.issuer, subject: person.subject },
  })
}

/** The person's name, with the issuer's host or the subject where it is taken: two people never share a name. */
async function freeName(tx: Tx, platform: Platform, { name, issuer, subject }: Person): Promise<string> {
  const plain = name
    .replaceAll(/[^\p{L}\p{N}._@+-]+/gu, '.')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, 80)
  for (const candidate of [plain, `${plain}@${new URL(issuer).hostname}`, `${plain}-${subject.slice(0, 40)}`]) {
    if (isName(candidate) && (await findUser(tx, platform, candidate)) === undefined) return candidate
  }
  return `person-${randomUUID()}`
}

async function followProvider(tx: Tx, platform: Platform, now: number, user: UserTable, person: Person): Promise<void> {
  if (person.administrator !== undefined && (user.administrator === 1) !== person.administrator) {
    await updateUserRow(tx, user, { administrator: person.administrator ? 1 : 0 }, now)
    if (!(await administratorExists(tx, platform))) {
      throw new AppError('permission-denied', 'The last administrator cannot cease to be one.')
    }
  }
  const { missing, stale } = await groupChanges(tx, user, person)
  for (const id of stale) {
    const group = await findGroup(tx, platform, id)
    if (group !== undefined) await removeMember(tx, group, user)
  }
  for (const name of missing) {
    const group = (await findGroup(tx, platform, name)) ?? (await createGroup(tx, platform, now, name))
    await insertMember(tx, group, user, now, person.issuer)
  }
}
