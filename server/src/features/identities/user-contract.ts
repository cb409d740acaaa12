import { defineEndpoint, del, get, patch, post } from '../../contract/endpoint.ts'
import { bool, empty, list, message, required, string } from '../../contract/wire.ts'
import { Group, groupRef, page, Token, User, UserKind, userRef } from './identity-contract.ts'

const admin = { scope: 'platform', permission: 'platform.admin', format: 'compact' } as const
const users = '/2.0/runstead/users'
const groups = '/2.0/runstead/groups'

const oneUser = message('User.Response', { user: User })
const oneGroup = message('Group.Response', { group: Group })

export const createUser = defineEndpoint({
  ...admin,
  id: 'createUser',
  summary: 'Create a person or service account; there are no passwords, so it logs in with a token, a key or OpenID.',
  routes: [post(users)],
  request: message('CreateUser', {
    name: required(string('1 to 128 letters, digits and . _ @ + -')),
    kind: UserKind,
    administrator: bool('The first user must be one.'),
    id: string('An OCID that the user already has elsewhere.'),
    token_name: string('Also make a token of this name, with access admin, in the same step.'),
  }),
  reply: message('CreateUser.Response', { user: User, token: Token, secret: string('The token itself, shown once.') }),
})

export const listUsers = defineEndpoint({
  ...admin,
  id: 'listUsers',
  summary: 'List users by name.',
  routes: [get(users)],
  request: message('ListUsers', page),
  reply: message('ListUsers.Response', { users: list(User), next_page_token: string() }),
})

export const getUser = defineEndpoint({
  ...admin,
  permission: 'self',
  id: 'getUser',
  summary: 'Read a user; everyone may read oneself.',
  routes: [get(`${users}/:user_id`)],
  request: message('GetUser', userRef),
  reply: oneUser,
})

export const updateUser = defineEndpoint({
  ...admin,
  id: 'updateUser',
  summary: 'Rename, disable or enable a user, or make it an administrator or none.',
  routes: [patch(`${users}/:user_id`)],
  request: message('UpdateUser', { ...userRef, name: string(), administrator: bool(), disabled: bool() }),
  reply: oneUser,
})

export const deleteUser = defineEndpoint({
  ...admin,
  id: 'deleteUser',
  summary: 'Delete a user with its tokens, keys and memberships.',
  routes: [del(`${users}/:user_id`)],
  request: message('DeleteUser', userRef),
  reply: empty,
})

export const createGroup = defineEndpoint({
  ...admin,
  id: 'createGroup',
  summary: 'Create a group of users.',
  routes: [post(groups)],
  request: message('CreateGroup', { name: required(string('As of users.')) }),
  reply: oneGroup,
})

export const listGroups = defineEndpoint({
  ...admin,
  id: 'listGroups',
  summary: 'List groups by name.',
  routes: [get(groups)],
  request: message('ListGroups', page),
  reply: message('ListGroups.Response', { groups: list(Group), next_page_token: string() }),
})

export const getGroup = defineEndpoint({
  ...admin,
  id: 'getGroup',
  summary: 'Read a group.',
  routes: [get(`${groups}/:group_id`)],
  request: message('GetGroup', groupRef),
  reply: oneGroup,
})

export const updateGroup = defineEndpoint({
  ...admin,
  id: 'updateGroup',
  summary: 'Rename a group.',
  routes: [patch(`${groups}/:group_id`)],
  request: message('UpdateGroup', { ...groupRef, name: required(string()) }),
  reply: oneGroup,
})

export const deleteGroup = defineEndpoint({
  ...admin,
  id: 'deleteGroup',
  summary: 'Delete a group; its members stay.',
  routes: [del(`${groups}/:group_id`)],
  request: message('DeleteGroup', groupRef),
  reply: empty,
})

export const listGroupMembers = defineEndpoint({
  ...admin,
  id: 'listGroupMembers',
  summary: 'List the users in a group.',
  routes: [get(`${groups}/:group_id/members`)],
  request: message('ListGroupMembers', { ...groupRef, ...page }),
  reply: message('ListGroupMembers.Response', { users: list(User), next_page_token: string() }),
})

export const addGroupMember = defineEndpoint({
  ...admin,
  id: 'addGroupMember',
  summary: 'Put a user into a group.',
  routes: [post(`${groups}/:group_id/members`)],
  request: message('AddGroupMember', { ...groupRef, ...userRef }),
  reply: empty,
})

export const removeGroupMember = defineEndpoint({
  ...admin,
  id: 'removeGroupMember',
  summary: 'Take a user out of a group.',
  routes: [del(`${groups}/:group_id/members/:user_id`)],
  request: message('RemoveGroupMember', { ...groupRef, ...userRef }),
  reply: empty,
})
