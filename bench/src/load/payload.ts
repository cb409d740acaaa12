import type { HttpAddress } from './http-address.ts'

/**
 * One request, ready to be sent: its bytes, and for an upload a block to send again and again until `bodyBytes` are
 * through.
 */
export interface Payload {
  readonly bytes: string | Buffer
  readonly stream?: { readonly block: Buffer; readonly bodyBytes: number }
}

/** What one connection sends next; undefined when it has nothing left. `body` is the answer to its previous request. */
export type PayloadSource = (body: string) => Payload | undefined

/** A GET request. */
export function get({ host, port }: HttpAddress, path: string, headers = ''): Payload {
  return { bytes: `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n${headers}\r\n` }
}

/**
 * A POST of JSON text, as the stock client sends it.
 *
 * @param headers further lines of the head, each with its CRLF
 */
export function postJson(address: HttpAddress, path: string, json: string, headers = ''): Payload {
  return { bytes: jsonHead(address, path, Buffer.byteLength(json), headers) + json }
}

/** The head of a POST whose JSON body of `length` bytes follows. */
export function jsonHead({ host, port }: HttpAddress, path: string, length: number, headers = ''): string {
  return `POST ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${headers}\r\n`
}

/** A PUT of `bodyBytes` bytes made of `block`, repeated. */
export function putFile({ host, port }: HttpAddress, path: string, block: Buffer, bodyBytes: number): Payload {
  return {
    bytes: `PUT ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bodyBytes}\r\n\r\n`,
    stream: { block, bodyBytes },
  }
}
