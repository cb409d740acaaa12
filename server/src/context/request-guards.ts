import type { IfMatch } from '../lib/if-match.ts'
import type { Answer, Context, MessageHandler } from './context.ts'

/** A request that carries a retry token. */
export interface RetriedRequest {
  /** Id of the AIDP operation. */
  readonly operation: string
  /** Path of the request, without version prefixes and query. */
  readonly path: string
  /** 1 to 64 characters. */
  readonly token: string
  /** SHA-256 of the body. */
  readonly bodyHash: string
}

/** A rendered answer, with what it tells in headers. */
export interface KeptAnswer extends Pick<Answer<unknown>, 'revision' | 'asyncOperationKey' | 'created'> {
  readonly text: string
}

/** What conditions a request puts on its writes. */
export interface RequestGuards {
  /** The same context, whose writes succeed only on an entity in one of these revisions. */
  onlyIf(context: Context, ifMatch: IfMatch): Context

  /**
   * Runs a handler at most once for a retry token: the answer is kept in the transaction of the effect, and repeats get it
   * without another effect, on every server of the database, for 24 hours. Failures are not kept.
   *
   * @param render the body of the answer as text
   * @throws AppError of the handler; `retry-token-reused`; `incorrect-state` when the first request is still running after a
   *   while; `retry-token-invalidated` when what was created is gone
   */
  answerOnce(
    context: Context,
    request: RetriedRequest,
    handler: MessageHandler,
    input: unknown,
    render: (body: unknown) => string,
  ): Promise<KeptAnswer>
}
