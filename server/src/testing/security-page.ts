import type { SecurityCase } from './security-cases.ts'

/**
 * The guide page of what the server defends against.
 *
 * @param tested paths of the test files of each case
 */
export function securityPage(cases: readonly SecurityCase[], tested: ReadonlyMap<string, readonly string[]>): string {
  const rows = cases.map(({ id, what, notApplicable, note }) => {
    const files = (tested.get(id) ?? []).map((path) => `\`${path}\``).join(', ')
    const where = [files || `Not applicable: ${notApplicable}`, ...(note === undefined ? [] : [note])].join('. ')
    return `| ${id} | ${what} | ${where} |`
  })
  return `# Security

What the server defends against, what holds without any setting, and where each defence is tested.

## What holds by default

- **It is open on loopback alone.** A server without users listens on \`127.0.0.1\`; elsewhere it does not start
  (\`--open-access\` says that this is meant). There are no passwords, so no default ones (\`identities.md\`).
- **One gate.** Each route says what it needs; a route that does not keeps the server from starting (\`permissions.md\`).
- **Hosts are compared as a whole.** Requests must be addressed to a local name, a private address, \`--host\` or the host of
  \`--public-url\`; \`--allowed-hosts\` replaces the list (names, \`*.example.com\`, networks, \`*\`). Others are 403, on all routes
  but \`/health\` and \`/version\`. Forwarding headers say nothing.
- **Pages of other sites change nothing.** A write with an \`Origin\` that is not this server's, this machine's or on
  \`--cors-allowed-origins\` is 403, on all routes. Only listed origins may read, and only exact ones with cookies. JSON must be sent as
  \`application/json\`. A write with a login cookie needs the session's token too.
- **Files are attachments.** Whatever was uploaded comes back with \`Content-Disposition: attachment\`, \`nosniff\` and a sandboxed content
  policy. The server never unpacks, parses or runs it.
- **Paths** are decoded, then refused for \`..\`, backslashes, control bytes, drives, URIs and \`#\`; links in the store are not
  followed. Every run's files lie below its workspace.
- **Addresses that are stored** have no dot segments, queries, fragments or passwords, and name no host to connect to. Only files
  in this server's own stores are ever opened.
- **Requests of its own** go to webhooks (https and public addresses; no redirects; 10 s; 64 KiB; nothing is shown of the answer), the
  OpenID provider and the object store that are configured, and to nobody else.
- **Headers of every answer:** \`X-Content-Type-Options\`, \`X-Frame-Options: SAMEORIGIN\`, \`Content-Security-Policy\` with
  \`default-src 'none'\` and \`frame-ancestors 'self'\`, \`Referrer-Policy: same-origin\`, \`Cross-Origin-Opener-Policy\`,
  \`Cache-Control: no-store\`; with a \`--public-url\` on https also \`Strict-Transport-Security\`.
- **Files on disk** are made for the user of the server alone (umask 077). The server does not start when the database or the data
  directory lies inside an artifact store, or when two stores overlap.

## Numbers

| | |
|---|---|
| JSON body | 32 MiB (\`--max-body-bytes\`); in AIDP's dialect by operation, 1 to 20 MiB |
| Nesting, values of a body | 64, 500,000 |
| A body must arrive within | 120 s |
| Upload of the UI's route | 10 MiB; others have no limit |
| Batch | 1,000 metrics, 100 params, 100 tags, 1,000 altogether |
| Page | 50,000 runs, 1,000 files in AIDP's dialect |
| Upload in parts | 10,000 parts |
| Validity of a presigned URL | 1 s to 7 days |
| Requests of one caller | 10,000 a second, 100,000 at once (\`--rate-limit\`, \`--rate-burst\`) |
| Wrong credentials | 10 in a quarter of an hour from one address, then up to a minute's wait each |
| Webhook | 10 s and 64 KiB for an answer |

## Cases

Made by a test (\`server/src/security/security-page.test.ts\`), which fails when a case has neither a test nor a reason.

| Case | What | Tests |
|---|---|---|
${rows.join('\n')}
`
}
