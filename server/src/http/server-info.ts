import type { FastifyInstance } from 'fastify'

/** The MLflow release whose behaviour this server has; clients ask for it at `/version`. */
const mlflowVersion = '3.17.0'

/** How clients may move large artifacts, see `OpenBlobStores`. */
export interface ArtifactAbilities {
  readonly multipartUploads: boolean
  readonly multipartDownloads: boolean
}

/** The probes that clients and load balancers make: `/health`, `/version` and MLflow 3's `server-info`, at every mount. */
export function serverInfoRoutes(
  prefixes: readonly string[],
  { multipartUploads, multipartDownloads }: ArtifactAbilities,
): (server: FastifyInstance) => void {
  const serverInfo = Buffer.from(
    JSON.stringify({
      store_type: 'SqlStore',
      workspaces_enabled: false,
      trace_archival_enabled: false,
      multipart_uploads_enabled: multipartUploads,
      multipart_downloads_enabled: multipartDownloads,
      presigned_upload_run_id_supported: true,
      presigned_upload_model_id_supported: true,
      features_enabled: { gateway: false },
    }),
  )
  const open = { config: { access: 'public' } } as const
  return (server) => {
    for (const prefix of prefixes) {
      server.get(`${prefix}/health`, open, (_request, reply) => {
        void reply.header('content-type', 'text/plain; charset=utf-8').send('OK')
      })
      server.get(`${prefix}/version`, open, (_request, reply) => {
        void reply.header('content-type', 'text/html; charset=utf-8').send(mlflowVersion)
      })
      for (const api of ['/api', '/ajax-api']) {
        server.get(`${prefix}${api}/3.0/mlflow/server-info`, open, (_request, reply) => {
          void reply.header('content-type', 'application/json').send(serverInfo)
        })
      }
    }
  }
}
