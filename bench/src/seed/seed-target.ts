import { mlflowDatabase } from '../targets/start-target.ts'
import type { Target } from '../targets/target.ts'
import type { Seed, SeededExperiment } from './seed.ts'
import { seedByApi } from './seed-by-api.ts'
import { seedMlflowFile } from './seed-mlflow-file.ts'

/** Lays a seed on a server: MLflow's straight into its file, through the API on every other. */
export async function seedTarget(target: Target, seed: Seed): Promise<SeededExperiment> {
  const isMlflow = target.name === 'mlflow' || target.name === 'mlflow-1'
  return isMlflow ? seedMlflowFile(mlflowDatabase(target.directory), seed) : await seedByApi(target.address, seed)
}
