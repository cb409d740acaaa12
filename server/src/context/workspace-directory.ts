import type { Platform, Tenant } from '../lib/tenant.ts'

/** A workspace and its platform, by their numbers. */
export interface WorkspacePlace {
  readonly workspaceKey: string
  readonly tenant: Tenant
  readonly platform: Platform
}

/**
 * The workspaces that requests may be about, mostly from memory. What this process deletes is gone from memory at once
 * (`forget`), what others delete within a second.
 */
export interface WorkspaceDirectory {
  /**
   * @param workspaceKey absent: the platform's default workspace
   * @throws AppError `not-found` for an unknown platform or workspace, and for a deleted workspace
   */
  find(platformId: string, workspaceKey?: string): Promise<WorkspacePlace>
  /** As `find`, where the workspace may also be called by its name. */
  findNamed(platformId: string, keyOrName: string): Promise<WorkspacePlace>
  /** Forgets everything. To be called after every commit that deletes a workspace. */
  forget(): void
}
