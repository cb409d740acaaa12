import type { FastifyInstance } from 'fastify'
import type { AnyEndpoint } from '../contract/endpoint.ts'
import { describeApi } from '../contract/openapi-document.ts'

/** Serves the OpenAPI 3.1 document of all endpoints at `/openapi.json`; it is made at the first request. */
export function openApiRoute(endpoints: readonly AnyEndpoint[]): (server: FastifyInstance) => void {
  return (server) => {
    let document: Buffer | undefined
    server.get('/openapi.json', { config: { access: 'authenticated' } }, (_request, reply) => {
      document ??= Buffer.from(JSON.stringify(describeApi(endpoints), null, 2))
      void reply.header('content-type', 'application/json').send(document)
    })
  }
}
