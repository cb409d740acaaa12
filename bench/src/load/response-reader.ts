/** One HTTP/1.1 response as the load generator sees it. */
export interface Response {
  readonly status: number
  /** Length of the body, without the framing of a chunked one. */
  readonly bytes: number
  /** The body as text when it was asked for, else its first 500 bytes if the status is no success, else ''. */
  readonly body: string
  /** The server will close the connection after this response. */
  readonly closes: boolean
}

/** Takes the bytes of one connection, gives back the response which they complete. */
export interface ResponseReader {
  /**
   * @returns the response when `data` ends it, undefined while bytes are missing
   * @throws when the bytes are no HTTP/1.1 response, or go on after the end of it (there is one request at a time)
   */
  push(data: Buffer): Response | undefined
}

const errorBodyBytes = 500
const headEnd = Buffer.from('\r\n\r\n')

/**
 * A reader for one connection. It knows what a keep-alive exchange of an API needs: a length, or chunks, or no body.
 *
 * @param keepBody whether the text of successful bodies is wanted; without it they are only counted
 */
export function responseReader(keepBody: boolean): ResponseReader {
  let state: 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' = 'head'
  let line = ''
  let status = 0
  let closes = false
  let missing = 0
  let bytes = 0
  let kept: string[] = []
  let keptBytes = 0

  function keep(data: Buffer): void {
    bytes += data.length
    if (keepBody) kept.push(data.toString('latin1'))
    else if (status >= 300 && keptBytes < errorBodyBytes) {
      kept.push(data.toString('latin1', 0, errorBodyBytes - keptBytes))
      keptBytes += data.length
    }
  }

  function readHead(head: string): void {
    status = Number(head.slice(9, 12))
    if (!head.startsWith('HTTP/1.1 ') || !(status >= 200))
      throw new Error(`not an HTTP/1.1 response: ${head.slice(0, 80)}`)
    closes = /\r\nconnection: *close/i.test(head)
    bytes = 0
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)
    if (length) {
      missing = Number(length[1])
      state = 'length'
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      state = 'chunk-size'
    } else if (status === 204 || status === 304) {
      missing = 0
      state = 'length'
    } else {
      throw new Error(`a response with neither length nor chunks: ${head}`)
    }
  }

  /** Adds up to the next line feed to `line`; the index behind it, or -1 when it has not come yet. */
  function readLine(data: Buffer, at: number): number {
    const end = data.indexOf(10, at)
    line += data.toString('latin1', at, end === -1 ? data.length : end)
    return end === -1 ? -1 : end + 1
  }

  function finish(data: Buffer, at: number): Response {
    if (at !== data.length) throw new Error(`${data.length - at} bytes after the end of a response`)
    const body = kept.length === 0 ? '' : Buffer.from(kept.join(''), 'latin1').toString()
    kept = []
    keptBytes = 0
    line = ''
    state = 'head'
    return { status, bytes, body, closes }
  }

  function push(data: Buffer): Response | undefined {
    let at = 0
    if (state === 'head') {
      const end = line === '' ? data.indexOf(headEnd) : -1
      if (end !== -1) {
        readHead(data.toString('latin1', 0, end))
        at = end + 4
      } else {
        const before = line.length
        line += data.toString('latin1')
        const found = line.indexOf('\r\n\r\n', Math.max(0, before - 3))
        if (found === -1) return undefined
        readHead(line.slice(0, found))
        at = found + 4 - before
        line = ''
      }
    }
    if (state === 'length') {
      if (missing > 0 && at < data.length) {
        const end = Math.min(data.length, at + missing)
        keep(at === 0 && end === data.length ? data : data.subarray(at, end))
        missing -= end - at
        at = end
      }
      return missing === 0 ? finish(data, at) : undefined
    }
    while (at < data.length) {
      if (state === 'chunk') {
        const end = Math.min(data.length, at + missing)
        keep(data.subarray(at, end))
        missing -= end - at
        at = end
        if (missing === 0) state = 'chunk-end'
        continue
      }
      at = readLine(data, at)
      if (at === -1) return undefined
      const text = line.trimEnd()
      line = ''
      if (state === 'chunk-size') {
        missing = Number.parseInt(text, 16)
        if (!(missing >= 0)) throw new Error(`not a chunk size: ${text.slice(0, 80)}`)
        state = missing === 0 ? 'trailer' : 'chunk'
      } else if (state === 'chunk-end') {
        state = 'chunk-size'
      } else if (text === '') {
        return finish(data, at)
      }
    }
    return undefined
  }

  return { push }
}
