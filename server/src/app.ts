import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { openFileBlobStore } from './blobs/file/file-blob-store.ts'
import type { ServerConfig } from './config/server-config.ts'
import type { Context, Handler } from './context/context.ts'
import { lockDataDirectory } from './db/data-directory-lock.ts'
import type { Database } from './db/database.ts'
import { openDatabase } from './db/open-database.ts'
import { notFound } from './errors/errors.ts'
import { artifactHandlers } from './features/artifacts/artifact-handlers.ts'
import { datasetHandlers } from './features/datasets/dataset-handlers.ts'
import { experimentHandlers } from './features/experiments/experiment-handlers.ts'
import { loggedModelHandlers } from './features/logged-models/logged-model-handlers.ts'
import { metricHandlers } from './features/metrics/metric-handlers.ts'
import { runHandlers } from './features/runs/run-handlers.ts'
import {
  defaultPlatformId,
  defaultWorkspaceKey,
  findWorkspace,
  type WorkspacePlace,
} from './features/workspaces/workspace-store.ts'
import { browserDefence } from './http/browser-defence.ts'
import { createHttpServer, type MountPath, type RequestPlace } from './http/http-server.ts'
import { landingPage } from './http/landing-page.ts'
import { platformMounts, tenantMounts } from './http/mounts.ts'
import { openApiRoute } from './http/openapi.ts'
import { serverInfoRoutes } from './http/server-info.ts'
import { createGroupCommit } from './ingest/group-commit.ts'
import { startMergeJob } from './ingest/merge-job.ts'
import { openCaller } from './lib/caller.ts'

/** Every endpoint of the server, on both faces. */
export const handlers: readonly Handler[] = [
  ...experimentHandlers,
  ...runHandlers,
  ...datasetHandlers,
  ...metricHandlers,
  ...loggedModelHandlers,
  ...artifactHandlers,
]

/** A server that is ready to listen; disposing finishes what was accepted, then closes everything. */
export interface App extends AsyncDisposable {
  readonly http: FastifyInstance
  readonly db: Database
}

export interface AppOptions {
  readonly config: ServerConfig
  readonly log: FastifyBaseLogger
  /** An open database to use instead of the configured one; it is closed with the app. */
  readonly database?: Database
}

/** Puts the parts together. The order of closing is the reverse of the order of opening. */
export async function openApp({ config, log, database }: AppOptions): Promise<App> {
  await using opened = new AsyncDisposableStack()
  await mkdir(config.dataDir, { recursive: true })
  opened.use(lockDataDirectory(config.dataDir))
  const db = opened.use(database ?? (await openConfiguredDatabase(config, log)))
  const blobs = await openFileBlobStore(config.artifactsDir)
  const onError = (error: unknown) => log.error({ err: error }, 'Merging metric points failed; it is tried again')
  opened.use(startMergeJob(db, { onError }))
  const ingest = opened.use(createGroupCommit(db, {}))
  const placeOf = workspaceResolver(db)
  const defaultPlace = await placeOf({ platformId: defaultPlatformId })
  const shared = { db, ingest, blobs, now: Date.now }
  const contextFor = async ({ path, dialect }: RequestPlace, requestLog: FastifyBaseLogger): Promise<Context> => ({
    ...shared,
    dialect,
    log: requestLog,
    caller: openCaller,
    mount: path === undefined ? 'stock' : path.workspaceKey === undefined ? 'platform' : 'workspace',
    ...(path === undefined ? defaultPlace : await placeOf(path)),
  })
  const http = createHttpServer({
    handlers,
    log,
    maxBodyBytes: config.maxBodyBytes,
    contextFor,
    plugins: [
      browserDefence({ allowedHosts: config.allowedHosts, listenHost: config.host }),
      serverInfoRoutes(['', ...tenantMounts, ...platformMounts]),
      openApiRoute(handlers.map(({ endpoint }) => endpoint)),
      landingPage,
    ],
  })
  opened.defer(() => http.close())
  const closing = opened.move()
  return { http, db, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

async function openConfiguredDatabase(config: ServerConfig, log: FastifyBaseLogger): Promise<Database> {
  if (config.database.engine === 'postgres') return openDatabase({ url: config.database.url, log })
  await mkdir(dirname(config.database.file), { recursive: true })
  return openDatabase({ url: config.database.file, log })
}

/** Finds the workspace of a path; found ones are remembered, since a workspace's number never changes. */
function workspaceResolver(db: Database): (path: MountPath) => Promise<WorkspacePlace> {
  const known = new Map<string, WorkspacePlace>()
  return async ({ platformId, workspaceKey = defaultWorkspaceKey }) => {
    const id = `${platformId}\0${workspaceKey}`
    const remembered = known.get(id)
    if (remembered !== undefined) return remembered
    const place = await findWorkspace(db.lookup, platformId, workspaceKey)
    if (place === undefined) throw notFound(`No workspace '${workspaceKey}' on platform '${platformId}'.`)
    known.set(id, place)
    return place
  }
}
