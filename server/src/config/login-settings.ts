import { SettingError } from './setting-error.ts'
import { integer, type Setting, text, trueOrFalse } from './setting-kinds.ts'

function webUrl(value: string): string {
  const url = URL.parse(value)
  const isLocal = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal))) {
    throw new SettingError('must be an https:// URL, or an http:// URL on this machine')
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new SettingError('must not have a user, a query or a fragment')
  }
  return value.replace(/\/+$/, '')
}

function scopes(value: string): string {
  if (!value.split(' ').includes('openid')) throw new SettingError('must name the scope openid')
  return value
}

function groupMap(value: string): ReadonlyMap<string, string> {
  const pairs = value.split(',').map((pair) => pair.trim().split('='))
  if (pairs.some((pair) => pair.length !== 2 || pair.includes(''))) {
    throw new SettingError('must be comma-separated pairs of provider-group=group')
  }
  return new Map(pairs as [string, string][])
}

/** How people and Oracle's clients log in. */
export const loginSettings = {
  publicUrl: {
    flag: 'public-url',
    placeholder: 'URL',
    help: 'Where browsers reach the server, such as https://runstead.example.com; an OpenID provider sends them back there.',
    defaultText: 'http://localhost:<port>',
    read: webUrl,
  },
  oidcIssuer: {
    flag: 'oidc-issuer',
    placeholder: 'URL',
    help: 'Issuer of the OpenID provider at which people log in.',
    defaultText: 'none: people log in with tokens',
    read: webUrl,
  },
  oidcClientId: {
    flag: 'oidc-client-id',
    placeholder: 'ID',
    help: 'This server at the OpenID provider.',
    defaultText: 'runstead',
    read: text,
  },
  oidcClientSecret: {
    flag: 'oidc-client-secret',
    placeholder: 'SECRET',
    help: 'Its secret there; better given by the variable, since flags show in process lists.',
    defaultText: 'none: a public client',
    read: text,
  },
  oidcScope: {
    flag: 'oidc-scope',
    placeholder: 'SCOPES',
    help: 'What is asked of the provider.',
    defaultText: 'openid profile email',
    read: scopes,
  },
  oidcNameClaim: {
    flag: 'oidc-name-claim',
    placeholder: 'CLAIM',
    help: "Claim that becomes the user's name.",
    defaultText: 'preferred_username',
    read: text,
  },
  oidcGroupsClaim: {
    flag: 'oidc-groups-claim',
    placeholder: 'CLAIM',
    help: "Claim with the names of a person's groups.",
    defaultText: 'groups',
    read: text,
  },
  oidcGroupMap: {
    flag: 'oidc-group-map',
    placeholder: 'PAIRS',
    help: "The provider's groups that count, as provider-group=group, comma-separated.",
    defaultText: 'all, under their own names',
    read: groupMap,
  },
  oidcAdministratorGroup: {
    flag: 'oidc-administrator-group',
    placeholder: 'NAME',
    help: "A provider's group whose members are platform administrators.",
    defaultText: 'none: administrators are made here',
    read: text,
  },
  oidcAudience: {
    flag: 'oidc-audience',
    placeholder: 'NAME',
    help: "Audience of the provider's JWTs that are taken as bearer tokens.",
    defaultText: 'the client id',
    read: text,
  },
  sessionHours: {
    flag: 'session-hours',
    placeholder: 'NUMBER',
    help: 'How long a login with a browser lasts.',
    defaultText: '12',
    read: integer(1, 720),
  },
  ociLegacyTargets: {
    flag: 'oci-legacy-targets',
    placeholder: 'true|false',
    help: 'Whether request signatures are tried as older Oracle clients make them, which sign some query characters differently from what they send.',
    defaultText: 'true',
    read: trueOrFalse,
  },
} as const satisfies Record<string, Setting<unknown>>
