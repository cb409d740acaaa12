import { SettingError } from '../config/setting-error.ts'
import { listKeys } from '../features/identities/key-store.ts'
import { createToken } from '../features/identities/token-service.ts'
import { listTokens } from '../features/identities/token-store.ts'
import { changeUser, createUser, deleteUser, type UserChanges } from '../features/identities/user-service.ts'
import { getUser, groupsOfUser, listUsersByName } from '../features/identities/user-store.ts'
import type { Action } from './command-line.ts'
import type { IdentitySession } from './identity-session.ts'
import { keyCells, keyHead, tableLines, timeText, tokenCells, tokenHead, userState } from './identity-text.ts'

const page = 500

export const userActions: Readonly<Record<string, Action<IdentitySession>>> = {
  create: {
    summary: 'Create a person or service account. There are no passwords: give it a token or a key next.',
    takes: ['NAME'],
    flags: {
      administrator: { help: 'May do everything. The first user must be one.' },
      service: { help: 'A service account, such as a training job or CI.' },
      id: { placeholder: 'OCID', help: 'The OCID that the user already has elsewhere. Default: a new one.' },
      token: { placeholder: 'NAME', help: 'Also make an API token of this name, with access admin, and print it.' },
    },
    makesDatabase: true,
    async run(session, [name = ''], flags) {
      const { platform, now } = session
      const tokenName = flags.get('token')
      const { user, secret } = await session.change(async (tx) => {
        const user = await createUser(tx, platform, now, {
          name,
          kind: flags.has('service') ? 'service' : 'person',
          administrator: flags.has('administrator'),
          id: flags.get('id'),
        })
        if (tokenName === undefined) return { user, secret: undefined }
        const token = await createToken(tx, platform, now, user, { name: tokenName, access: 'admin' })
        return { user, secret: token.secret }
      })
      session.note(`Created ${user.kind} '${user.name}' (${user.id}).`)
      if (secret === undefined) {
        session.note(`It cannot log in yet: runstead token create ${user.name}, or runstead key add ${user.name} FILE.`)
        session.print(user.id)
      } else {
        session.note('Its token, shown this once. Use it as MLFLOW_TRACKING_TOKEN:')
        session.print(secret)
      }
    },
  },
  list: {
    summary: 'List users.',
    takes: [],
    async run(session) {
      const rows: string[][] = []
      let after: string | undefined
      for (;;) {
        const users = await listUsersByName(session.db.read, session.platform, page, after)
        rows.push(...users.map((user) => [user.name, user.kind, userState(user), timeText(user.created), user.id]))
        if (users.length < page) break
        after = users.at(-1)!.name
      }
      for (const line of tableLines(['NAME', 'KIND', 'STATE', 'CREATED', 'ID'], rows, 'There are no users.')) {
        session.print(line)
      }
    },
  },
  show: {
    summary: 'Show a user with its groups, tokens and keys.',
    takes: ['USER'],
    async run({ db, platform, now, print }, [name = '']) {
      const user = await getUser(db.lookup, platform, name)
      const groups = await groupsOfUser(db.lookup, user)
      print(`Name     ${user.name}`)
      print(`Id       ${user.id}`)
      print(`Kind     ${user.kind}`)
      print(`State    ${userState(user)}`)
      print(`Created  ${timeText(user.created)}`)
      print(`Groups   ${groups.map((group) => group.name).join(', ') || '-'}`)
      const tokens = (await listTokens(db.read, user)).map((token) => tokenCells(token, now))
      const keys = (await listKeys(db.read, user)).map(keyCells)
      for (const line of ['', ...tableLines(tokenHead, tokens, 'No tokens.')]) print(line)
      for (const line of ['', ...tableLines(keyHead, keys, 'No keys.')]) print(line)
    },
  },
  update: {
    summary: 'Rename a user, or make it an administrator or none.',
    takes: ['USER'],
    flags: {
      name: { placeholder: 'NAME', help: 'Its new name.' },
      administrator: { placeholder: 'yes|no', help: 'Whether it may do everything.' },
    },
    async run(session, [user = ''], flags) {
      const name = flags.get('name')
      const administrator = flags.get('administrator')
      if (administrator !== undefined && administrator !== 'yes' && administrator !== 'no') {
        throw new SettingError(`--administrator must be yes or no; it is '${administrator}'`)
      }
      if (name === undefined && administrator === undefined) throw new SettingError('Give --name or --administrator.')
      await change(session, user, {
        name,
        administrator: administrator === undefined ? undefined : administrator === 'yes',
      })
    },
  },
  disable: {
    summary: 'Refuse every login of a user until it is enabled again.',
    takes: ['USER'],
    run: (session, [user = '']) => change(session, user, { disabled: true }),
  },
  enable: {
    summary: 'Let a disabled user log in again.',
    takes: ['USER'],
    run: (session, [user = '']) => change(session, user, { disabled: false }),
  },
  delete: {
    summary: 'Delete a user with its tokens, keys and memberships.',
    takes: ['USER'],
    async run(session, [name = '']) {
      const user = await session.change((tx) => deleteUser(tx, session.platform, name))
      session.note(`Deleted ${user.kind} '${user.name}' (${user.id}).`)
    },
  },
}

async function change(session: IdentitySession, name: string, changes: UserChanges): Promise<void> {
  const user = await session.change((tx) => changeUser(tx, session.platform, session.now, name, changes))
  session.note(`Changed ${user.kind} '${user.name}': ${userState(user)}.`)
}
