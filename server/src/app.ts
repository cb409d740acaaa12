import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { openFileBlobStore } from './blobs/file/file-blob-store.ts'
import { isLoopback, OpenServerRefused } from './config/open-access.ts'
import type { ServerConfig } from './config/server-config.ts'
import type { Context, Handler } from './context/context.ts'
import { lockDataDirectory } from './db/data-directory-lock.ts'
import type { Database } from './db/database.ts'
import { openDatabase } from './db/open-database.ts'
import { notFound } from './errors/errors.ts'
import { artifactHandlers } from './features/artifacts/artifact-handlers.ts'
import { datasetHandlers } from './features/datasets/dataset-handlers.ts'
import { experimentHandlers } from './features/experiments/experiment-handlers.ts'
import { createIdentityDirectory } from './features/identities/identity-directory.ts'
import { identityHandlers } from './features/identities/identity-handlers.ts'
import { platformFinder } from './features/identities/platform-store.ts'
import { loggedModelHandlers } from './features/logged-models/logged-model-handlers.ts'
import { metricHandlers } from './features/metrics/metric-handlers.ts'
import { modelVersionHandlers } from './features/model-versions/model-version-handlers.ts'
import { registeredModelHandlers } from './features/registered-models/registered-model-handlers.ts'
import { runHandlers } from './features/runs/run-handlers.ts'
import {
  defaultPlatformId,
  defaultWorkspaceKey,
  findWorkspace,
  type WorkspacePlace,
} from './features/workspaces/workspace-store.ts'
import { apiTokenAuthenticators } from './http/auth/api-token.ts'
import { createAuthentication } from './http/auth/authentication.ts'
import { browserDefence } from './http/browser-defence.ts'
import { createHttpServer, type MountPath, type RequestPlace } from './http/http-server.ts'
import { landingPage } from './http/landing-page.ts'
import { platformMounts, tenantMounts } from './http/mounts.ts'
import { openApiRoute } from './http/openapi.ts'
import { serverInfoRoutes } from './http/server-info.ts'
import { createGroupCommit } from './ingest/group-commit.ts'
import { startMergeJob } from './ingest/merge-job.ts'
import type { Caller } from './lib/caller.ts'

/** Every endpoint of the server, on both faces. */
export const handlers: readonly Handler[] = [
  ...experimentHandlers,
  ...runHandlers,
  ...datasetHandlers,
  ...metricHandlers,
  ...loggedModelHandlers,
  ...artifactHandlers,
  ...registeredModelHandlers,
  ...modelVersionHandlers,
  ...identityHandlers,
]

/** A server that is ready to listen; disposing finishes what was accepted, then closes everything. */
export interface App extends AsyncDisposable {
  readonly http: FastifyInstance
  readonly db: Database
  /** Whether nobody has to log in, since there are no users. */
  readonly isOpen: () => boolean
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
  const identities = opened.use(
    createIdentityDirectory(db, {
      onError: (error) => log.error({ err: error }, 'Writing when credentials were used failed'),
    }),
  )
  await identities.refreshed(defaultPlace.platform)
  const openWithoutIdentities = config.openAccess || isLoopback(config.host)
  if (!identities.configured && !openWithoutIdentities) throw new OpenServerRefused(config.host)
  const authenticate = createAuthentication({
    directory: identities,
    platformOf: platformFinder(db.lookup, defaultPlace.platform),
    authenticators: apiTokenAuthenticators(identities, Date.now),
    openWithoutIdentities,
    now: Date.now,
  })
  const shared = { db, ingest, blobs, identities, now: Date.now }
  const contextFor = async (
    { path, dialect }: RequestPlace,
    caller: Caller,
    requestLog: FastifyBaseLogger,
  ): Promise<Context> => ({
    ...shared,
    dialect,
    log: requestLog,
    caller,
    mount: path === undefined ? 'stock' : path.workspaceKey === undefined ? 'platform' : 'workspace',
    ...(path === undefined ? defaultPlace : await placeOf(path)),
  })
  const http = createHttpServer({
    handlers,
    log,
    maxBodyBytes: config.maxBodyBytes,
    contextFor,
    authenticate,
    plugins: [
      browserDefence({ allowedHosts: config.allowedHosts, listenHost: config.host }),
      serverInfoRoutes(['', ...tenantMounts, ...platformMounts]),
      openApiRoute(handlers.map(({ endpoint }) => endpoint)),
      landingPage,
    ],
  })
  opened.defer(() => http.close())
  const closing = opened.move()
  return { http, db, isOpen: () => !identities.configured, [Symbol.asyncDispose]: () => closing.disposeAsync() }
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
