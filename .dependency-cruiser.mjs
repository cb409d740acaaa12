// Who may import whom (docs/contributing/architecture.md). Exemptions go by place, never by inline comment.
const server = '^server/src'
const tests = '\\.test\\.ts$|/testing/'

/** A rule: files in `from` may not import files in `to`. */
function forbid(name, from, to, comment) {
  return { name, severity: 'error', comment, from: { pathNot: tests, ...from }, to }
}

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    forbid(
      'contracts-are-browser-safe',
      { path: `${server}/(contract/|features/.*-contract\\.ts$)` },
      { pathNot: `${server}/(contract/|lib/int64\\.ts$|features/.*-contract\\.ts$)` },
      'Browsers load the contracts.',
    ),
    forbid(
      'errors-and-lib-know-nothing',
      { path: `${server}/(errors|lib)/` },
      { path: `${server}/`, pathNot: `${server}/(errors|lib)/` },
    ),
    forbid(
      'http-does-not-know-features',
      { path: `${server}/http/` },
      { path: `${server}/`, pathNot: `${server}/(http|contract|context|errors|lib)/` },
    ),
    forbid(
      'features-do-not-know-http-or-drivers',
      { path: `${server}/features/` },
      { path: `${server}/(http|db/dialects|blobs/(file|s3)|cli|config)/|^node:sqlite$|node_modules/(fastify|pg)/` },
    ),
    forbid(
      'rules-are-pure',
      { path: `${server}/features/.*-rules\\.ts$` },
      { path: `${server}/(db|ingest|context|blobs)/` },
    ),
    forbid(
      'drivers-only-in-dialects',
      { path: `${server}/`, pathNot: `${server}/db/(dialects/|data-directory-lock\\.ts$)|${tests}` },
      { path: '^node:sqlite$|^sqlite$|node_modules/pg/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'the-s3-client-only-in-its-store',
      { path: `${server}/`, pathNot: `${server}/blobs/s3/|${tests}` },
      { path: 'node_modules/@aws-sdk/' },
    ),
    forbid(
      'search-and-ingest-stand-below-features',
      { path: `${server}/(search|ingest)/` },
      { path: `${server}/`, pathNot: `${server}/(search|ingest|db|errors|lib)/` },
    ),
    forbid('production-does-not-import-tests', { path: `${server}/`, pathNot: tests }, { path: tests }),
    forbid('suites-are-black-boxes', { path: '^(conformance|bench)/' }, { path: `${server}/` }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules/(?!(pg|fastify|@aws-sdk)/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
