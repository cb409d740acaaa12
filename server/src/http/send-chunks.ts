import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'

/**
 * Sends the head of the answer and then chunk after chunk, asking for the next one when the system has taken the last:
 * the memory of a chunk may be used again from then on, which a stream that is piped could not tell.
 *
 * A failure before the first chunk rejects, so that it is answered; after it the connection is cut, since the length has
 * been announced. The hooks of onSend are passed by: what they write down are changes and refusals.
 */
export async function sendChunks(reply: FastifyReply, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (!reply.sent) sendHead(reply)
      if (!(await written(reply.raw, chunk))) return
    }
  } catch (error) {
    if (!reply.sent) throw error
    reply.log.error({ err: error }, 'A download broke off')
    reply.raw.destroy()
    return
  }
  if (!reply.sent) sendHead(reply)
  reply.raw.end()
}

function sendHead(reply: FastifyReply): void {
  reply.hijack()
  reply.raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders)
}

/** Whether the system has taken the bytes: false when the reader is gone. */
function written(answer: ServerResponse, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const gone = () => resolve(false)
    if (answer.destroyed) return gone()
    answer.once('close', gone)
    answer.write(chunk, (error) => {
      answer.off('close', gone)
      resolve(error === undefined || error === null)
    })
  })
}
