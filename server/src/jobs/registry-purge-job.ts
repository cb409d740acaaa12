import type { Database } from '../db/database.ts'
import { purgeDeletedModels } from '../features/registered-models/registered-model-purge.ts'
import { type RepeatingJob, startRepeatingJob } from '../lib/repeating-job.ts'
import { platformOf } from '../lib/tenant.ts'

/** Starts the removal of what deleted registered models have left behind. Several processes may run one each. */
export function startRegistryPurgeJob(db: Database, onError: (error: unknown) => void): RepeatingJob {
  return startRepeatingJob({
    intervalMs: 5_000,
    onError,
    look: async (signal) => {
      const platforms = await db.lookup.selectFrom('platforms').select('platform').execute()
      for (const { platform } of platforms) await purgeDeletedModels(db, platformOf(platform), signal)
    },
  })
}
