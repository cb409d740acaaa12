import type { OidcSettings } from '../../../lib/oidc-settings.ts'

/** What a provider says of a person. */
export interface OidcPerson {
  readonly issuer: string
  /** Stable id at the issuer. */
  readonly subject: string
  readonly name: string
  /** Names of groups here. */
  readonly groups: readonly string[]
  /** Absent: the provider is not asked who is an administrator. */
  readonly administrator?: boolean
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
    ...(settings.administratorGroup === undefined
      ? {}
      : { administrator: given.includes(settings.administratorGroup) }),
  }
}

function groupNames(claim: unknown): string[] {
  const names = Array.isArray(claim) ? claim : [claim]
  return [...new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''))]
}
