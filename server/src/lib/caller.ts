/** Who makes a request. */
export interface Caller {
  /** Stable id; what grants and the log of changes refer to. */
  readonly id: string
  /** For people. */
  readonly name: string
}

/** Everyone, while the server runs without identities. */
export const openCaller: Caller = { id: 'anonymous', name: 'anonymous' }
