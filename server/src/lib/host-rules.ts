import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Host and port of a request or an origin, in the one form in which they are compared. */
export interface Authority {
  /** Lower case; an IPv6 address in brackets, in its shortest spelling. */
  readonly host: string
  /** Empty when none is written. */
  readonly port: string
}

/** Whether a canonical authority is one of those that are meant. */
export type HostRule = (authority: Authority) => boolean

const writtenAuthority = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::(\d{1,5}))?$/i

/** Reads `name:port`; undefined for everything that is not just that, such as user info, a trailing dot or a blank. */
export function readAuthority(text: string): Authority | undefined {
  const match = writtenAuthority.exec(text)
  if (match === null) return undefined
  const [, name = '', port = ''] = match
  if (!name.startsWith('[')) return { host: name.toLowerCase(), port }
  const canonical = URL.parse(`http://${name}/`)?.hostname
  return canonical === undefined ? undefined : { host: canonical, port }
}

/** An origin as browsers write it: scheme, host, and the port unless it is the scheme's own. */
export function readOrigin(text: string): { readonly origin: string; readonly authority: Authority } | undefined {
  const match = /^(https?):\/\/([^/?#@\\]+)$/i.exec(text)
  const authority = match === null ? undefined : readAuthority(match[2] ?? '')
  if (match === null || authority === undefined) return undefined
  return { origin: originOf(match[1]?.toLowerCase() ?? '', authority), authority }
}

/** @param scheme `http` or `https` */
export function originOf(scheme: string, { host, port }: Authority): string {
  const isDefault = port === '' || Number(port) === (scheme === 'https' ? 443 : 80)
  return `${scheme}://${host}${isDefault ? '' : `:${Number(port)}`}`
}

/**
 * What an entry of a list of hosts means: a name or address, which is compared as a whole; a network such as
 * `192.168.0.0/16` or, as MLflow writes it, `192.168.*`, to which a parsed address is compared; `*.example.com`, which is
 * one label in place of the mark; `*`, which is every host. A port behind it must be the same; none, or `:*`, is any.
 *
 * @throws RangeError with what is wrong, for the person who wrote it
 */
export function hostRule(entry: string): HostRule {
  if (entry === '*') return () => true
  const network = /^([0-9.]+|[0-9a-f:]+)\/(\d{1,3})$/i.exec(entry)
  if (network !== null) return subnetRule(network[1] ?? '', Number(network[2]), entry)
  const octets = /^((?:\d{1,3}\.){1,3})\*$/.exec(entry)
  if (octets !== null) {
    const known = (octets[1] ?? '').split('.').slice(0, -1)
    return subnetRule([...known, '0', '0', '0'].slice(0, 4).join('.'), 8 * known.length, entry)
  }
  const [, wildcard, rest = ''] = /^(\*\.)?(.*?)(?::\*)?$/s.exec(entry) ?? []
  const wanted = isIPv6(rest) ? readAuthority(`[${rest}]`) : readAuthority(rest)
  if (wanted === undefined) {
    throw new RangeError(
      `has '${entry}', which is no name, address or network; '*' may stand for the whole first label only`,
    )
  }
  const samePort = ({ port }: Authority): boolean => wanted.port === '' || wanted.port === port
  if (wildcard === undefined) return (given) => given.host === wanted.host && samePort(given)
  return (given) => {
    const dot = given.host.indexOf('.')
    return dot > 0 && given.host.slice(dot + 1) === wanted.host && samePort(given)
  }
}

/** @throws RangeError */
function subnetRule(address: string, bits: number, entry: string): HostRule {
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined
  if (family === undefined || bits > (family === 'ipv4' ? 32 : 128)) throw new RangeError(`has '${entry}', no network`)
  const network = new BlockList()
  network.addSubnet(address, bits, family)
  return ({ host }) => {
    const bare = host.startsWith('[') ? host.slice(1, -1) : host
    if (family === 'ipv4') return isIPv4(bare) && network.check(bare, 'ipv4')
    return isIPv6(bare) && network.check(bare, 'ipv6')
  }
}
