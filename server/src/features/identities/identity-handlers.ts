import type { Handler } from '../../context/context.ts'
import { createSession } from './create-session.ts'
import {
  addGroupMember,
  createGroup,
  deleteGroup,
  getGroup,
  listGroupMembers,
  listGroups,
  removeGroupMember,
  updateGroup,
} from './group-administration.ts'
import { addKey, createToken, deleteKey, listKeys, listTokens, revokeToken, updateKey } from './own-credentials.ts'
import { createUser, deleteUser, getUser, listUsers, updateUser } from './user-administration.ts'

export const identityHandlers: readonly Handler[] = [
  createUser,
  listUsers,
  getUser,
  updateUser,
  deleteUser,
  createGroup,
  listGroups,
  getGroup,
  updateGroup,
  deleteGroup,
  listGroupMembers,
  addGroupMember,
  removeGroupMember,
  createToken,
  listTokens,
  revokeToken,
  addKey,
  listKeys,
  updateKey,
  deleteKey,
  createSession,
]
