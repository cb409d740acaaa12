import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { tooSlow } from './broken-request.ts'

interface Arriving {
  readonly reply: FastifyReply
  readonly since: number
}

const sweepMs = 1000

/**
 * Refuses bodies that trickle in for longer than `limitMs`: they would hold a connection and their memory for as long as the
 * client likes. For the routes of `scope` whose bodies are read as a whole.
 */
export function refuseSlowBodies(scope: FastifyInstance, limitMs: number): void {
  const arriving = new Map<FastifyRequest, Arriving>()
  const sweep = (): void => {
    const oldest = Date.now() - limitMs
    for (const [request, { reply, since }] of arriving) {
      // The map is in order of arrival.
      if (since > oldest) break
      arriving.delete(request)
      reply.header('connection', 'close')
      request.raw.emit('error', tooSlow())
    }
  }
  const timer = setInterval(sweep, Math.min(sweepMs, limitMs)).unref()
  scope.addHook('onClose', (_server, done) => {
    clearInterval(timer)
    done()
  })
  scope.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers
    if (coding !== undefined || (length !== undefined && length !== '0'))
      arriving.set(request, { reply, since: Date.now() })
    done(null, payload)
  })
  scope.addHook('preValidation', (request, _reply, done) => {
    arriving.delete(request)
    done()
  })
  scope.addHook('onError', (request, _reply, _error, done) => {
    arriving.delete(request)
    done()
  })
  scope.addHook('onRequestAbort', (request, done) => {
    arriving.delete(request)
    done()
  })
}
