import { BlockList, isIP, isIPv6 } from 'node:net'

/** What is not on the public internet: IANA's special-purpose registries, multicast included. */
const special = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  special.addSubnet(network, bits, 'ipv4')
}

/** The only part of IPv6 in which addresses are handed out, and what within it is not public. */
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')
const special6 = new BlockList()
special6.addSubnet('2001::', 23, 'ipv6')
special6.addSubnet('2001:db8::', 32, 'ipv6')
special6.addSubnet('3fff::', 20, 'ipv6')

/**
 * Whether an address is one of the public internet. IPv6 forms that carry an IPv4 address (mapped, 6to4, NAT64) are judged by
 * that address.
 *
 * @param address as `node:dns` or a URL has it, without brackets
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false
  if (!isIPv6(address)) return !special.check(address, 'ipv4')
  const embedded = embeddedAddress(address)
  if (embedded !== undefined) return isPublicAddress(embedded)
  return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
}

function embeddedAddress(address: string): string | undefined {
  const groups = groupsOf(address)
  const quad = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255].join('.')
  const last = quad(groups[6] ?? 0, groups[7] ?? 0)
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return last
  if (groups[0] === 0x64 && groups[1] === 0xff9b && groups.slice(2, 6).every((group) => group === 0)) return last
  return groups[0] === 0x2002 ? quad(groups[1] ?? 0, groups[2] ?? 0) : undefined
}

/** The eight groups of an IPv6 address, in any spelling. */
function groupsOf(address: string): number[] {
  // A URL has the address in its one canonical form, without dotted quads.
  const canonical = URL.parse(`http://[${address.replace(/%.*$/, '')}]/`)?.hostname.slice(1, -1) ?? '::'
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array<string>(gap).fill('0'), ...right].map((group) => Number.parseInt(group, 16))
}
