import type { Handler } from '../../context/context.ts'
import { deleteWorkspace, updateWorkspace } from './change-workspace.ts'
import { createWorkspace } from './create-workspace.ts'
import { getWorkspace, listWorkspaces } from './read-workspace.ts'

export const workspaceHandlers: readonly Handler[] = [
  listWorkspaces,
  createWorkspace,
  getWorkspace,
  updateWorkspace,
  deleteWorkspace,
]
