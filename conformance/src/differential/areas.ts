import type { Area } from './case.ts'
import { aliases } from './cases/aliases.ts'
import { artifacts } from './cases/artifacts.ts'
import { datasets } from './cases/datasets.ts'
import { experiments } from './cases/experiments.ts'
import { experimentsSearch } from './cases/experiments-search.ts'
import { history } from './cases/history.ts'
import { logBatch } from './cases/log-batch.ts'
import { loggedModels } from './cases/logged-models.ts'
import { metrics } from './cases/metrics.ts'
import { modelVersionSearch } from './cases/model-version-search.ts'
import { modelVersionSources } from './cases/model-version-sources.ts'
import { modelVersions } from './cases/model-versions.ts'
import { paramsTags } from './cases/params-tags.ts'
import { parsing } from './cases/parsing.ts'
import { prompts } from './cases/prompts.ts'
import { registeredModels } from './cases/registered-models.ts'
import { registrySearch } from './cases/registry-search.ts'
import { runs } from './cases/runs.ts'
import { runsSearch } from './cases/runs-search.ts'
import { server } from './cases/server.ts'

/** All areas, in the order in which they are replayed. */
export const areas: readonly Area[] = [
  server,
  parsing,
  experiments,
  experimentsSearch,
  runs,
  metrics,
  paramsTags,
  logBatch,
  history,
  runsSearch,
  datasets,
  artifacts,
  loggedModels,
  registeredModels,
  modelVersions,
  modelVersionSources,
  aliases,
  registrySearch,
  modelVersionSearch,
  prompts,
]
