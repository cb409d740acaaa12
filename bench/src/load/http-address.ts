/** Where a server under measurement listens. Always this machine. */
export interface HttpAddress {
  readonly host: string
  readonly port: number
}
