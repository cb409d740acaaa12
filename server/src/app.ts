import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { openBlobStores } from './blobs/open-blob-stores.ts'
import { openBrowserLogins } from './browser-logins.ts'
import { isLoopback, OpenServerRefused } from './config/open-access.ts'
import { refuseOverlappingPaths } from './config/overlapping-paths.ts'
import type { ServerConfig } from './config/server-config.ts'
import { readWebhookKey } from './config/webhook-key.ts'
import type { Context, Handler } from './context/context.ts'
import type { WorkspaceDirectory, WorkspacePlace } from './context/workspace-directory.ts'
import { lockDataDirectory } from './db/data-directory-lock.ts'
import type { Database } from './db/database.ts'
import { openDatabase } from './db/open-database.ts'
import { serverSecret } from './db/server-secret.ts'
import type { AppError } from './errors/app-error.ts'
import { invalidParameter, workspaceNotFound } from './errors/errors.ts'
import { artifactHandlers } from './features/artifacts/artifact-handlers.ts'
import { asyncOperationHandlers } from './features/async-operations/get-async-operation.ts'
import { auditHandlers } from './features/audit/audit-handlers.ts'
import { startAuditTrail } from './features/audit/audit-trail.ts'
import { datasetHandlers } from './features/datasets/dataset-handlers.ts'
import { experimentHandlers } from './features/experiments/experiment-handlers.ts'
import { createIdentityDirectory } from './features/identities/identity-directory.ts'
import { identityHandlers } from './features/identities/identity-handlers.ts'
import { platformFinder } from './features/identities/platform-store.ts'
import { readSessionToken, sessionSecretName } from './features/identities/session-token.ts'
import { loggedModelHandlers } from './features/logged-models/logged-model-handlers.ts'
import { metricHandlers } from './features/metrics/metric-handlers.ts'
import { modelVersionHandlers } from './features/model-versions/model-version-handlers.ts'
import { createGrantCache } from './features/permissions/grant-cache.ts'
import { createPermissionGate } from './features/permissions/permission-gate.ts'
import { permissionHandlers } from './features/permissions/permission-handlers.ts'
import { platformHandlers } from './features/platforms/platform-handlers.ts'
import { startPurgeJob } from './features/purges/purge-job.ts'
import { registeredModelHandlers } from './features/registered-models/registered-model-handlers.ts'
import { registryEventHandlers } from './features/registry-events/registry-event-handlers.ts'
import { registrySummaryHandlers } from './features/registry-summary/registry-summary-handlers.ts'
import { createRequestGuards } from './features/retry-tokens/request-guards.ts'
import { startRetryTokenPurge } from './features/retry-tokens/retry-token-purge.ts'
import { runHandlers } from './features/runs/run-handlers.ts'
import { webhookHandlers } from './features/webhooks/webhook-handlers.ts'
import { createWebhookSender } from './features/webhooks/webhook-sender.ts'
import { createWorkspaceDirectory } from './features/workspaces/workspace-directory.ts'
import { workspaceHandlers } from './features/workspaces/workspace-handlers.ts'
import { defaultPlatformId, defaultWorkspaceKey } from './features/workspaces/workspace-store.ts'
import { apiTokenAuthenticators } from './http/auth/api-token.ts'
import { createAuthentication } from './http/auth/authentication.ts'
import { signatureAuthenticator } from './http/auth/oci-signature/signature-authenticator.ts'
import { browserDefence } from './http/browser-defence.ts'
import { createHttpServer, type RequestPlace } from './http/http-server.ts'
import { landingPage } from './http/landing-page.ts'
import { platformMounts, tenantMounts } from './http/mounts.ts'
import { openApiRoute } from './http/openapi.ts'
import { createPageTokens } from './http/page-tokens.ts'
import { serverInfoRoutes } from './http/server-info.ts'
import { createGroupCommit } from './ingest/group-commit.ts'
import { startMergeJob } from './ingest/merge-job.ts'
import { startRegistryPurgeJob } from './jobs/registry-purge-job.ts'
import { startWebhookDeliveryJob } from './jobs/webhook-delivery-job.ts'
import type { Caller } from './lib/caller.ts'
import { madeOnce } from './lib/made-once.ts'

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
  ...registryEventHandlers,
  ...webhookHandlers,
  ...identityHandlers,
  ...permissionHandlers,
  ...auditHandlers,
  ...registrySummaryHandlers,
  ...workspaceHandlers,
  ...asyncOperationHandlers,
  ...platformHandlers,
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
  refuseOverlappingPaths(config)
  await mkdir(config.dataDir, { recursive: true })
  opened.use(lockDataDirectory(config.dataDir))
  const db = opened.use(database ?? (await openConfiguredDatabase(config, log)))
  const stores = await openBlobStores(config.artifacts, config.artifactStores)
  const { blobs } = stores
  const onError = (error: unknown) => log.error({ err: error }, 'Merging metric points failed; it is tried again')
  opened.use(startMergeJob(db, { onError }))
  opened.use(
    startPurgeJob({
      database: db,
      blobs,
      storeNames: [...config.artifactStores.keys()],
      onError: (error) => log.error({ err: error }, 'Removing what was deleted for good failed; it is tried again'),
    }),
  )
  opened.use(
    startRegistryPurgeJob(db, (error) =>
      log.error({ err: error }, 'Removing deleted models failed; it is tried again'),
    ),
  )
  opened.use(
    startRetryTokenPurge(db, {
      onError: (error) => log.error({ err: error }, 'Removing expired retry tokens failed; it is tried again'),
    }),
  )
  const webhooks = createWebhookSender(config.webhooks, config.webhooks.key ?? (await readWebhookKey(config.dataDir)))
  opened.use(
    startWebhookDeliveryJob({
      database: db,
      sender: webhooks,
      onError: (error) => log.error({ err: error }, 'Sending webhooks failed; it is tried again'),
    }),
  )
  const ingest = opened.use(createGroupCommit(db, {}))
  const workspaces = createWorkspaceDirectory(db.lookup)
  const defaultPlace = await workspaces.find(defaultPlatformId)
  const placeOf = placeFinder(workspaces, defaultPlace)
  const identities = opened.use(
    createIdentityDirectory(db, {
      onError: (error) => log.error({ err: error }, 'Writing when credentials were used failed'),
    }),
  )
  await identities.refreshed(defaultPlace.platform)
  const openWithoutIdentities = config.openAccess || isLoopback(config.host)
  if (!identities.configured && !openWithoutIdentities) throw new OpenServerRefused(config.host)
  const platformOf = platformFinder(db.lookup, defaultPlace.platform)
  // Made when they are needed: a server that has just started for the first time has nothing to write.
  const sessionSecret = madeOnce(() => serverSecret(db, sessionSecretName, Date.now()))
  const pages = madeOnce(async () => createPageTokens(await serverSecret(db, 'page-tokens', Date.now())))
  const browserLogins = await openBrowserLogins(db, identities, platformOf, config)
  const authenticate = createAuthentication({
    directory: identities,
    platformOf,
    authenticators: [
      ...apiTokenAuthenticators(identities, Date.now),
      signatureAuthenticator({
        directory: identities,
        sessionOf: async (token) => readSessionToken(await sessionSecret(), token, Date.now()),
        legacyTargets: config.ociLegacyTargets,
        now: Date.now,
      }),
      ...browserLogins.authenticators,
    ],
    ...(browserLogins.cookieLogin === undefined ? {} : { cookieLogin: browserLogins.cookieLogin }),
    openWithoutIdentities,
    now: Date.now,
  })
  const grants = createGrantCache(db.lookup)
  const trail = opened.use(
    startAuditTrail(db, {
      defaultPlatform: defaultPlace.platform,
      logging: config.auditLogging,
      retentionDays: config.auditRetentionDays === 0 ? undefined : config.auditRetentionDays,
      onError: (error, lost) => log.error({ err: error, lost }, 'Writing to the audit log failed'),
    }),
  )
  const { modelSourcePattern } = config
  const ports = { db, ingest, blobs, grants, identities, webhooks, workspaces }
  const shared = { ...ports, modelSourcePattern, now: Date.now }
  const contextFor = (place: RequestPlace, caller: Caller, log: FastifyBaseLogger): Context | Promise<Context> => {
    const contextAt = ({ platform, tenant, workspaceKey }: WorkspacePlace): Context => ({
      ...shared,
      ...{ dialect: place.dialect, log, caller, mount: mountOf(place), platform, tenant, workspaceKey },
    })
    if (caller.isStranger) throw strangePlace(place)
    const found = placeOf(place)
    return found instanceof Promise ? found.then(contextAt) : contextAt(found)
  }
  const http = createHttpServer({
    handlers,
    log,
    maxBodyBytes: config.maxBodyBytes,
    rate: config.rate,
    publicUrl: config.publicUrl,
    contextFor,
    authenticate,
    gate: createPermissionGate(db.lookup, grants),
    trail,
    guards: createRequestGuards(),
    pages,
    plugins: [
      browserDefence({
        allowedHosts: config.allowedHosts,
        listenHost: config.host,
        publicUrl: config.publicUrl,
        allowedOrigins: config.allowedOrigins,
      }),
      serverInfoRoutes(['', ...tenantMounts, ...platformMounts], stores),
      openApiRoute(handlers.map(({ endpoint }) => endpoint)),
      landingPage,
      ...browserLogins.plugins,
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

/**
 * The workspace that a request is about: that of its path, or on the stock mount the default one; there and on a platform's
 * own mount a header may choose another one.
 *
 * @throws AppError `not-found`; `invalid-parameter` for a header that contradicts the path (D8)
 */
function placeFinder(
  workspaces: WorkspaceDirectory,
  defaultPlace: WorkspacePlace,
): (place: RequestPlace) => WorkspacePlace | Promise<WorkspacePlace> {
  const named = async (name: string, path: RequestPlace['path']): Promise<WorkspacePlace> => {
    const chosen = await workspaces.findNamed(path?.platformId ?? defaultPlatformId, name)
    if (path?.workspaceKey !== undefined && path.workspaceKey !== chosen.workspaceKey) {
      throw invalidParameter(`The header X-MLFLOW-WORKSPACE names another workspace than the path: '${name}'.`)
    }
    return chosen
  }
  return ({ path, workspaceName }) => {
    if (workspaceName !== undefined) return named(workspaceName, path)
    return path === undefined ? defaultPlace : workspaces.find(path.platformId, path.workspaceKey)
  }
}

/** What is said of a place on a platform that does not exist. */
function strangePlace({ path, workspaceName }: RequestPlace): AppError {
  return workspaceNotFound(workspaceName ?? path?.workspaceKey ?? defaultWorkspaceKey, path?.platformId ?? '')
}

function mountOf({ path }: RequestPlace): Context['mount'] {
  if (path === undefined) return 'stock'
  return path.workspaceKey === undefined ? 'platform' : 'workspace'
}
