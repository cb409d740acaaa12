import type { Area, areaBuilder } from './case.ts'

type Case = Area['cases'][number]
type More = Readonly<Record<string, string | readonly string[]>>

/** Cases that search by GET. */
export interface SearchCases {
  /** The path of a search with this query; a value that starts with `{{` is sent as it stands. */
  query(parameters: More): string
  /** A search whose filter is sent as it stands. */
  asIs(id: string, filter: string, more?: More): Case
  /** A search among what the area has made. */
  find(id: string, filter: string, more?: More): Case
  order(id: string, ...order_by: string[]): Case
}

/** @param mark filter that finds what the area has made and nothing else */
export function searchCases(get: ReturnType<typeof areaBuilder>['get'], search: string, mark: string): SearchCases {
  const query = (parameters: More): string => {
    const pairs = Object.entries(parameters).flatMap(([name, value]) =>
      [value].flat().map((one) => `${name}=${one.startsWith('{{') ? one : encodeURIComponent(one)}`),
    )
    return `${search}?${pairs.join('&')}`
  }
  const asIs = (id: string, filter: string, more: More = {}): Case => get(id, query({ filter, ...more }))
  const find = (id: string, filter: string, more: More = {}): Case =>
    asIs(id, filter === '' ? mark : `${mark} AND ${filter}`, more)
  return { query, asIs, find, order: (id, ...order_by) => find(`order-${id}`, '', { order_by }) }
}
