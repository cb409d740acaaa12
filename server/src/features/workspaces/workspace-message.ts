import type { Output } from '../../contract/wire.ts'
import { rfc3339 } from '../../lib/rfc3339.ts'
import type { Workspace } from './workspace-contract.ts'
import type { WorkspaceRow } from './workspace-store.ts'

type Network = Output<typeof Workspace>['networkConfigurationDetails']

/** The wire form of a workspace. */
export function workspaceMessage(row: WorkspaceRow): Output<typeof Workspace> {
  return {
    key: row.key,
    displayName: row.name,
    description: row.description ?? undefined,
    type: row.type,
    timeCreated: rfc3339(row.created),
    timeUpdated: rfc3339(row.updated),
    lifecycleState: row.state,
    systemTags: {},
    createdBy: row.created_by,
    createdByName: row.created_by_name,
    updatedBy: row.updated_by,
    updatedByName: row.updated_by_name,
    defaultCatalogKey: row.default_catalog ?? undefined,
    isPrivateNetworkEnabled: row.network !== null,
    networkConfigurationDetails: row.network === null ? undefined : (JSON.parse(row.network) as Network),
  }
}
