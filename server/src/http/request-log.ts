import type { FastifyBaseLogger } from 'fastify'

type ChildOf = Parameters<FastifyBaseLogger['child']>
type Write = FastifyBaseLogger['info']

/**
 * The log of one request: a child of the server's log, made when the first line is written. Most requests write none, and
 * making a child costs more than authenticating them.
 */
export class RequestLog implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger
  readonly #child: ChildOf
  #made: FastifyBaseLogger | undefined

  constructor(parent: FastifyBaseLogger, ...child: ChildOf) {
    this.#parent = parent
    this.#child = child
  }

  get level(): string {
    return this.#log.level
  }

  set level(level: string) {
    this.#log.level = level
  }

  get #log(): FastifyBaseLogger {
    this.#made ??= this.#parent.child(...this.#child)
    return this.#made
  }

  child(...child: ChildOf): FastifyBaseLogger {
    return this.#log.child(...child)
  }

  fatal(...line: unknown[]): void {
    this.#log.fatal(...(line as Parameters<Write>))
  }

  error(...line: unknown[]): void {
    this.#log.error(...(line as Parameters<Write>))
  }

  warn(...line: unknown[]): void {
    this.#log.warn(...(line as Parameters<Write>))
  }

  info(...line: unknown[]): void {
    this.#log.info(...(line as Parameters<Write>))
  }

  debug(...line: unknown[]): void {
    this.#log.debug(...(line as Parameters<Write>))
  }

  trace(...line: unknown[]): void {
    this.#log.trace(...(line as Parameters<Write>))
  }

  silent(): void {
    // A level at which nothing is written.
  }
}
