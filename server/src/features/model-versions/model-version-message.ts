import type { Context } from '../../context/context.ts'
import type { Output } from '../../contract/wire.ts'
import type { ModelVersion } from './model-version-contract.ts'
import type { ModelVersionView } from './model-version-view.ts'

const statusNames = {
  1: 'PENDING_REGISTRATION',
  2: 'FAILED_REGISTRATION',
  3: 'READY',
} as const

/** Number of the status READY. */
export const ready = 3

/**
 * The wire form of a version. MLflow 3.17.0 shows neither the logged model nor who registered the version; the mounts of
 * platforms do.
 */
export function modelVersionMessage(mount: Context['mount'], row: ModelVersionView): Output<typeof ModelVersion> {
  const more = mount === 'stock' ? {} : { user_id: row.user_id, model_id: row.model_id || undefined }
  return {
    name: row.name,
    version: String(row.version),
    creation_timestamp: row.created,
    last_updated_timestamp: row.updated,
    current_stage: row.stage,
    description: row.description ?? undefined,
    source: row.source,
    run_id: row.run_id,
    status: statusNames[row.status as keyof typeof statusNames],
    status_message: row.status_message || undefined,
    tags: row.tags === null ? [] : (JSON.parse(row.tags) as [string, string][]).map(([key, value]) => ({ key, value })),
    run_link: row.run_link,
    aliases: row.aliases === null ? [] : (JSON.parse(row.aliases) as string[]),
    ...more,
  }
}
