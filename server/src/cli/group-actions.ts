import { addMember, createGroup, deleteGroup, dropMember, renameGroup } from '../features/identities/group-service.ts'
import { getGroup, listGroupsByName, listMembers } from '../features/identities/group-store.ts'
import type { Action } from './command-line.ts'
import type { IdentitySession } from './identity-session.ts'
import { tableLines, timeText, userState } from './identity-text.ts'

const page = 500

export const groupActions: Readonly<Record<string, Action<IdentitySession>>> = {
  create: {
    summary: 'Create a group of users.',
    takes: ['NAME'],
    async run(session, [name = '']) {
      const group = await session.change((tx) => createGroup(tx, session.platform, session.now, name))
      session.note(`Created group '${group.name}'.`)
      session.print(group.id)
    },
  },
  list: {
    summary: 'List groups.',
    takes: [],
    async run({ db, platform, print }) {
      const rows: string[][] = []
      let after: string | undefined
      for (;;) {
        const groups = await listGroupsByName(db.read, platform, page, after)
        rows.push(...groups.map((group) => [group.name, timeText(group.created), group.id]))
        if (groups.length < page) break
        after = groups.at(-1)!.name
      }
      for (const line of tableLines(['NAME', 'CREATED', 'ID'], rows, 'There are no groups.')) print(line)
    },
  },
  show: {
    summary: 'Show a group with its members.',
    takes: ['GROUP'],
    async run({ db, platform, print }, [name = '']) {
      const group = await getGroup(db.lookup, platform, name)
      print(`Name     ${group.name}`)
      print(`Id       ${group.id}`)
      print(`Created  ${timeText(group.created)}`)
      print('')
      const rows: string[][] = []
      let after: string | undefined
      for (;;) {
        const users = await listMembers(db.read, group, page, after)
        rows.push(...users.map((user) => [user.name, user.kind, userState(user), user.id]))
        if (users.length < page) break
        after = users.at(-1)!.id
      }
      for (const line of tableLines(['MEMBER', 'KIND', 'STATE', 'ID'], rows, 'No members.')) print(line)
    },
  },
  rename: {
    summary: 'Give a group another name.',
    takes: ['GROUP', 'NAME'],
    async run(session, [group = '', name = '']) {
      await session.change((tx) => renameGroup(tx, session.platform, session.now, group, name))
      session.note(`Group '${group}' is '${name}' now.`)
    },
  },
  add: {
    summary: 'Put a user into a group.',
    takes: ['GROUP', 'USER'],
    async run(session, [group = '', user = '']) {
      await session.change((tx) => addMember(tx, session.platform, session.now, group, user))
      session.note(`'${user}' is in group '${group}'.`)
    },
  },
  remove: {
    summary: 'Take a user out of a group.',
    takes: ['GROUP', 'USER'],
    async run(session, [group = '', user = '']) {
      await session.change((tx) => dropMember(tx, session.platform, group, user))
      session.note(`'${user}' is no longer in group '${group}'.`)
    },
  },
  delete: {
    summary: 'Delete a group; its members stay.',
    takes: ['GROUP'],
    async run(session, [name = '']) {
      const group = await session.change((tx) => deleteGroup(tx, session.platform, name))
      session.note(`Deleted group '${group.name}'.`)
    },
  },
}
