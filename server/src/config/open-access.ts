import { isIPv4 } from 'node:net'

/** Nobody could log in, and everybody on the network could do everything. */
export class OpenServerRefused extends Error {
  constructor(host: string) {
    super(
      `The server has no users yet, so everyone who can reach ${host} could do everything. ` +
        'Create the first administrator: runstead user create NAME --administrator (with the same --data-dir and --database). ' +
        'Or listen on 127.0.0.1, or let everyone in with --open-access.',
    )
    this.name = 'OpenServerRefused'
  }
}

/** Whether only this machine can reach a server that listens on this address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
