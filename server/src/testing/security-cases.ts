/** A case of attack that the server must withstand, and why it has no test where it has none. */
export interface SecurityCase {
  readonly id: string
  readonly what: string
  /** Why there is nothing to test. */
  readonly notApplicable?: string
  /** Where the server is less strict than the case asks, and why. */
  readonly note?: string
}

const noInterface = 'There is no web interface yet.'

const notApplicable: ReadonlyMap<string, string> = new Map([
  ...['ACT-02', 'ACT-03', 'ACT-04', 'ACT-05', 'ACT-06', 'ACT-07', 'LIM-10'].map((id) => [id, noInterface] as const),
  ['ACT-08', 'There are no traces yet (AUTHZ-07), and no web interface that would show them.'],
  ['ACT-11', 'There are no reports, and no web interface.'],
])

const notes: ReadonlyMap<string, string> = new Map([
  ['PATH-02', 'Paths are decoded until nothing changes, as MLflow does, before they are judged; `#` is refused.'],
  ['URI-04', 'A local location is kept as text, for clients that write there themselves; the server never opens it.'],
  ['URI-07', 'Buckets of others are kept as text, as MLflow does; the server never opens them.'],
  ['WEB-07', 'Pages of the browser’s own machine may write, as with MLflow; they get no cookies and cannot read.'],
  ['LIM-11', 'Parts of uploads that are never completed are left to the life cycle rules of the bucket.'],
  [
    'DISC-06',
    'Ids of runs hold the time and 65 random bits; they give no rights. Tokens and sessions have 256 random bits.',
  ],
])

/** Every case, in the order of the guide. */
export const securityCases: readonly SecurityCase[] = [
  ...numbered('PATH', [
    'plain traversal',
    'encoded traversal',
    'backslashes',
    'absolute paths, drives, shares',
    'query and fragment marks in a name',
    'control bytes, bad UTF-8',
    'the root spelled as a path',
    'a URI given as a path',
    'links on write',
    'a link put in between check and use',
    'presigned URLs',
    'identifiers as parts of paths',
    'the sibling run',
    'hostile keys in listings',
    'paths inside an artifact',
    'static files',
  ]),
  ...numbered('URI', [
    'dot segments',
    'a query',
    'parameters',
    'local files',
    'hidden local files',
    'a check that data switches off',
    'places outside the run',
    'less used setters',
    'sloppy schemes',
    'rows of an earlier version',
    'credentials in an address',
  ]),
  ...numbered('SSRF', [
    'through a location',
    'on read',
    'near match of a trusted host',
    'scheme of a webhook',
    'spellings of an address',
    'split DNS answers',
    'redirects',
    'reading an answer back',
    'slow or endless peers',
    'generic proxies',
    'header injection',
    'fetching for display',
  ]),
  ...numbered('ARC', [
    'extraction of archives',
    'making of archives',
    'YAML',
    'filters as code',
    'programs started from text',
    'prototype pollution',
    'odd JSON',
  ]),
  ...numbered('ACT', [
    'an artifact as a page',
    'HTML viewer',
    'notebook viewer',
    'Markdown',
    'model file viewer',
    'names everywhere',
    'logs and terminals',
    'traces',
    'boot data in HTML',
    'names of downloads',
    'code kept in reports',
    'framing',
  ]),
  ...numbered('WEB', [
    'DNS rebinding',
    'the default list of hosts',
    'oddities of the Host header',
    'forwarded hosts',
    'writes of other sites',
    'routes outside the API prefixes',
    'reading of origins',
    'bodies of simple requests',
    'sign-up forms',
    'fetch metadata',
    'method override',
    'bad configuration',
  ]),
  ...numbered('AUTHN', [
    'default credentials',
    'weak passwords',
    'guessing',
    'finding users by time',
    'stale credentials',
    'junk in headers',
    'sessions',
    'cost of hashing',
    'signing keys',
    'identity headers',
    'separate file server',
  ]),
  ...numbered('AUTHZ', [
    'every route has a decision',
    'twin routes',
    'spelling of methods',
    'families of artifact routes',
    'presigned URLs',
    'files of logged models',
    'OTLP ingest',
    'jobs',
    'newer families',
    'secrets in lists',
    'leaks of searches',
    'mixed ids',
    'deletion of artifacts',
    'giving of permissions',
    'grants left by objects',
    'grants left by users',
    'choice of the workspace',
    'workspaces in paths of artifacts',
    'moves and copies',
    'webhooks and tenancy',
    'doors that are too tight',
    'deleted objects',
  ]),
  ...numbered('LIM', [
    'GraphQL batches',
    'page sizes',
    'cost of filters',
    'many ids',
    'log-batch',
    'size of bodies',
    'shape of documents',
    'slow clients',
    'listings',
    'previews',
    'uploads in parts',
    'fan-out of webhooks',
    'page tokens',
    'rates',
  ]),
  ...numbered('DISC', [
    'details of errors',
    'connection strings',
    'log injection',
    'credentials in logs',
    'unkeyed inputs',
    'guessable ids',
    'legacy listings',
    'request smuggling',
    'files that unlock the server',
  ]),
]

function numbered(family: string, words: readonly string[]): SecurityCase[] {
  return words.map((what, index) => {
    const id = `${family}-${String(index + 1).padStart(2, '0')}`
    const reason = notApplicable.get(id)
    const note = notes.get(id)
    return {
      id,
      what,
      ...(reason === undefined ? {} : { notApplicable: reason }),
      ...(note === undefined ? {} : { note }),
    }
  })
}
