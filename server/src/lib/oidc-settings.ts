/** How people log in at an OpenID provider, and what its claims mean here. */
export interface OidcSettings {
  /** Issuer URL: `https:`, or `http:` on this machine. Discovery starts from it. */
  readonly issuer: string
  readonly clientId: string
  /** Absent for a public client; PKCE is used either way. */
  readonly clientSecret?: string
  /** Blank-separated; `openid` must be among them. */
  readonly scope: string
  /** Claim that becomes the user's name. */
  readonly nameClaim: string
  /** Claim with the names of the person's groups: a list, or one name. */
  readonly groupsClaim: string
  /** The provider's group name -> the name of a group here. With an empty map names are taken as they are. */
  readonly groupMap: ReadonlyMap<string, string>
  /** A provider's group whose members are platform administrators. */
  readonly administratorGroup?: string
  /** `aud` that a JWT must have to be taken as a bearer token. */
  readonly audience: string
}
