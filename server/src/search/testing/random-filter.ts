import type { Aggregate, Comparison, FilterTree, Operator, Side } from '../filter-tree.ts'
import { join } from '../filter-tree.ts'

/** A source of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const keys = [
  'acc',
  'a.b',
  'a b',
  'a-b',
  'or',
  'NOT',
  'in',
  '(x)',
  "it's",
  'größe',
  '准确率',
  'x"y',
  'a AND b',
  '--',
  '1',
  '.',
]
const texts = [
  '',
  'x',
  'it"s',
  "it's",
  '100%',
  '(a OR b)',
  'NOT',
  'a\nb',
  '🙂',
  ' ',
  '--',
  '/* */',
  'IS NULL',
  'ä',
  'x;y',
]
const listTexts = [...texts, 'back\\slash', `both ' and "`]
const numbers = [0, 1, -1, 0.5, -2.25, 1e-7, 1e21, 12345678, 2 ** 53]
const times = [0, -1, 1.5, 1_700_000_000_000, 2 ** 53 - 1, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]
const textAttributes = ['run_id', 'run_name', 'status', 'artifact_uri', 'user_id']
const ordering = ['=', '!=', '<', '<=', '>', '>='] as const
const pattern = ['=', '!=', 'LIKE', 'ILIKE'] as const
const anywhere = ['IN', 'NOT IN', 'IS NULL', 'IS NOT NULL'] as const

/** A random tree over what runs are searched by, at most `depth` junctions deep. */
export function randomFilter(random: () => number, depth: number): FilterTree {
  const kind = depth > 0 ? Math.floor(random() * 4) : 0
  if (kind === 0) return randomComparison(random)
  if (kind === 1) return { type: 'not', child: randomFilter(random, depth - 1) }
  const count = 2 + Math.floor(random() * 3)
  const children = Array.from({ length: count }, () => randomFilter(random, depth - 1))
  return join(kind === 2 ? 'and' : 'or', children) as FilterTree
}

export function randomSide(random: () => number): Side {
  switch (Math.floor(random() * 6)) {
    case 0:
      return { entity: 'attribute', key: pick(random, textAttributes) }
    case 1:
      return { entity: 'attribute', key: pick(random, ['start_time', 'end_time']) }
    case 2:
      return { entity: 'metric', key: pick(random, keys), ...randomAggregate(random) }
    case 3:
      return { entity: 'dataset', key: pick(random, ['name', 'digest', 'context']) }
    default:
      return { entity: pick(random, ['param', 'tag'] as const), key: pick(random, keys) }
  }
}

function randomAggregate(random: () => number): { aggregate?: Aggregate } {
  return random() < 0.5 ? {} : { aggregate: pick(random, ['min', 'max', 'first'] as const) }
}

function randomComparison(random: () => number): Comparison {
  const side = randomSide(random)
  const isTime = side.entity === 'attribute' && side.key.endsWith('_time')
  const numeric = side.entity === 'metric' || isTime
  const operator = pick<Operator>(random, [...(numeric ? ordering : pattern), ...anywhere])
  const some = isTime ? times : side.entity === 'metric' ? numbers : undefined
  if (operator.startsWith('IS')) return { type: 'comparison', side, operator, value: null }
  if (!operator.endsWith('IN')) {
    return { type: 'comparison', side, operator, value: some ? pick(random, some) : pick(random, texts) }
  }
  const length = 1 + Math.floor(random() * 3)
  const value = Array.from({ length }, () => (some ? pick(random, some) : pick(random, listTexts)))
  return { type: 'comparison', side, operator, value }
}

function pick<Item>(random: () => number, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item
}
