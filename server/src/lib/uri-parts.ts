/** A URI in the parts that Python's `urllib.parse.urlparse` finds; each may be empty. */
export interface UriParts {
  /** Lower case. */
  readonly scheme: string
  readonly authority: string
  readonly path: string
  /** What follows `;` in the last name of the path; only schemes that have such parameters show it. */
  readonly params: string
  readonly query: string
  readonly fragment: string
}

const schemesWithParams = new Set(',ftp,hdl,prospero,http,imap,https,shttp,rtsp,rtspu,sip,sips,mms,sftp,tel'.split(','))
const schemesWithAuthority = new Set(
  (
    'ftp,http,gopher,nntp,telnet,imap,wais,file,mms,https,shttp,snews,prospero,rtsp,rtspu,rsync,svn,svn+ssh,sftp,nfs,' +
    'git,git+ssh,ws,wss'
  ).split(','),
)

/**
 * Splits a URI, or a plain path, as Python 3.11 does, which decides what MLflow takes for a scheme or a fragment: blanks
 * and control characters in front fall away, as do tabs and line ends anywhere.
 */
export function splitUri(uri: string): UriParts {
  let rest = uri.replace(/^[\0-\x20]+/, '').replaceAll(/[\t\r\n]/g, '')
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(rest)?.[1] ?? ''
  if (scheme !== '') rest = rest.slice(scheme.length + 1)
  const authority = /^\/\/([^/?#]*)/.exec(rest)?.[1]
  if (authority !== undefined) rest = rest.slice(authority.length + 2)
  const [beforeFragment, fragment] = splitAt(rest, rest.indexOf('#'))
  const [wholePath, query] = splitAt(beforeFragment, beforeFragment.indexOf('?'))
  const lower = scheme.toLowerCase()
  const semicolon = schemesWithParams.has(lower) ? wholePath.indexOf(';', wholePath.lastIndexOf('/') + 1) : -1
  const [path, params] = splitAt(wholePath, semicolon)
  return { scheme: lower, authority: authority ?? '', path, params, query, fragment }
}

/** The text of a split URI; empty parts leave no separator behind. */
export function joinUri({ scheme, authority, path, params, query, fragment }: UriParts): string {
  let text = params === '' ? path : `${path};${params}`
  if (authority !== '' || (schemesWithAuthority.has(scheme) && !text.startsWith('//'))) {
    if (text !== '' && !text.startsWith('/')) text = `/${text}`
    text = `//${authority}${text}`
  }
  if (scheme !== '') text = `${scheme}:${text}`
  if (query !== '') text = `${text}?${query}`
  return fragment === '' ? text : `${text}#${fragment}`
}

function splitAt(text: string, index: number): [before: string, after: string] {
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}
