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
  /** `aud` that a JWT must have to be taken as a bearer token; the client id when absent. */
  readonly audience?: string
}

/** What a provider says of a person. */
export interface OidcPerson {
  readonly issuer: string
  /** Stable id at the issuer. */
  readonly subject: string
  readonly name: string
  /** Names of groups here. */
  readonly groups: readonly string[]
  readonly administrator: boolean
}

type Claims = Readonly<Record<string, unknown>>

/**
 * Reads a person out of verified claims. A person without the name claim is called by the subject.
 *
 * @param issuer verified
 */
export function personOfClaims(settings: OidcSettings, issuer: string, subject: string, claims: Claims): OidcPerson {
  const name = claims[settings.nameClaim]
  const given = groupNames(claims[settings.groupsClaim])
  return {
    issuer,
    subject,
    name: typeof name === 'string' && name !== '' ? name : subject,
    groups:
      settings.groupMap.size === 0 ? given : [...new Set(given.flatMap((group) => settings.groupMap.get(group) ?? []))],
    administrator: settings.administratorGroup !== undefined && given.includes(settings.administratorGroup),
  }
}

function groupNames(claim: unknown): string[] {
  const names = Array.isArray(claim) ? claim : [claim]
  return [...new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''))]
}
