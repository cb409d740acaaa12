import type { Tenant } from './tenant.ts'

/** What a token lets its bearer do at most: read; also log and change; also administer, as far as the owner may. */
export type AccessLevel = 'read' | 'write' | 'admin'

/** The limits of the token that a request came with. Nothing goes beyond the rights of the token's owner. */
export interface TokenLimits {
  readonly tokenId: string
  readonly access: AccessLevel
  /** The only workspaces that it is good for; absent: all of the platform. */
  readonly workspaces?: readonly Tenant[]
}

/** Who makes a request. */
export interface Caller {
  /** Stable id, such as `ocid1.user.local..<hex>`; what grants and the log of changes refer to. */
  readonly id: string
  /** For people. */
  readonly name: string
  /** `open`: nobody has logged in, because the server has no identities or the route is for everyone. */
  readonly kind: 'open' | 'person' | 'service'
  /** Ids of the caller's groups. */
  readonly groups: readonly string[]
  /** Whether everything on the platform is allowed. */
  readonly administrator: boolean
  /** Absent: the request was not made with a limited token. */
  readonly limits?: TokenLimits
  /** The default platform knows the caller, that of the path does not: it is to look as if it were not there. */
  readonly isStranger?: true
}

const nobody = { id: 'anonymous', name: 'anonymous', kind: 'open', groups: [] } as const

/** Everyone, while the server runs without identities. */
export const openCaller: Caller = { ...nobody, administrator: true }

/** Everyone, on a route that asks nobody who they are. */
export const publicCaller: Caller = { ...nobody, administrator: false }
