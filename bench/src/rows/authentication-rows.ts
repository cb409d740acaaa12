import type { Manner } from '../load/manner.ts'
import type { Sample } from '../measure/sample.ts'
import { median } from '../measure/statistics.ts'
import { number } from '../report/format.ts'
import { emptyRuns } from '../seed/seed.ts'
import { seedByApi } from '../seed/seed-by-api.ts'
import { type Login, seedLogin, workspaceMount } from '../seed/seed-identities.ts'
import { apiClient } from '../targets/api-client.ts'
import type { Target } from '../targets/target.ts'
import type { Bench, Work } from './bench.ts'
import { type RowHead, type RowResult, rowResult } from './row.ts'
import { points } from './write-rows.ts'

const connections = 16
/** Rounds write steps that lie this far apart. */
const roundStride = 1_000_000
/** Signed requests for each second of a round: fewer than a server takes, since each costs the generator a millisecond. */
const signedPerSecond = 2_000

/** Who sends, and where; `before` is the other version of Runstead. */
type Mode = 'before' | 'open' | 'bearer' | 'workspace' | 'signature' | 'retry'

interface Sender {
  readonly mode: Mode
  readonly target: Target
  readonly runIds: readonly string[]
  readonly manner: Manner
  readonly login?: Login
}

/** One row: the rate of `mode` divided by that of `base`. */
interface Comparison extends Pick<RowHead, 'id' | 'title' | 'goals'> {
  readonly mode: Mode
  readonly base: Mode
}

const comparisons: readonly Comparison[] = [
  {
    id: 'bearer-token',
    title: 'log-metric with the bearer token of a workspace USER, against a server without users',
    mode: 'bearer',
    base: 'open',
    goals: [{ kind: 'at-least', limit: 0.85 }],
  },
  {
    id: 'oci-signature',
    title: "log-metric with OCI signatures (RSA-2048) at AIDP's path, against the same without users",
    mode: 'signature',
    base: 'workspace',
    goals: [],
  },
  {
    id: 'retry-token',
    title: "log-metric with a retry token each at AIDP's path, against the same without",
    mode: 'retry',
    base: 'workspace',
    goals: [],
  },
  {
    id: 'open-before',
    title: 'log-metric on a server without users, against the version named by --before',
    mode: 'open',
    base: 'before',
    goals: [{ kind: 'at-least', limit: 0.95 }],
  },
  {
    id: 'bearer-before',
    title: 'log-metric with the bearer token of a workspace USER, against the version named by --before',
    mode: 'bearer',
    base: 'before',
    goals: [{ kind: 'at-least', limit: 0.85 }],
  },
]

/**
 * What it costs to know who sends, and whether it may: one server without users and one with, both of one build, and on
 * request one of another version. All take turns within each round, and a ratio is made of figures from one round.
 */
export const authenticationRows: Work = {
  ids: comparisons.map(({ id }) => id),
  async run(bench) {
    if (bench.wanted(['runstead']).length === 0) return []
    await using servers = new AsyncDisposableStack()
    const start = async (directory: string, checkout?: string): Promise<Target> =>
      servers.use(await bench.startOther('runstead', directory, checkout))
    const senders = await openSenders(bench, await start('auth-open'), await start('auth-users'))
    const { before } = bench.options
    if (before !== undefined) senders.push(await sender('before', await start('auth-before', before), {}))
    const rounds = await measure(bench, senders)
    return comparisons.flatMap((comparison) => resultOf(comparison, rounds))
  },
}

async function openSenders(bench: Bench, open: Target, withUsers: Target): Promise<Sender[]> {
  const bearer = await sender('bearer', withUsers, {})
  const { runIds } = await seedByApi(withUsers.address, emptyRuns('bench signature', connections))
  const login = await seedLogin(withUsers)
  const signature = { ...login.key, requests: signedPerSecond * bench.options.seconds }
  return [
    await sender('open', open, {}),
    { ...bearer, manner: { token: login.token }, login },
    await sender('workspace', open, { prefix: workspaceMount }),
    { ...bearer, mode: 'signature', runIds, manner: { prefix: workspaceMount, signature }, login },
    await sender('retry', open, { prefix: workspaceMount, retryTokens: true }),
  ]
}

async function sender(mode: Mode, target: Target, manner: Manner): Promise<Sender> {
  const { runIds } = await seedByApi(target.address, emptyRuns(`bench ${mode}`, connections))
  return { mode, target, runIds, manner }
}

type Rounds = ReadonlyMap<Mode, readonly Sample[]>

async function measure(bench: Bench, senders: readonly Sender[]): Promise<Rounds> {
  const samples = new Map<Mode, Sample[]>(senders.map(({ mode }) => [mode, []]))
  const completed = new Map<Mode, number>()
  for (let round = 0; round <= bench.options.rounds; round++) {
    const line: string[] = []
    for (const { mode, target, runIds, manner } of senders) {
      const workload = { kind: 'log-metric', runIds, from: round * roundStride, manner } as const
      const sample = await bench.sample(target, workload, connections)
      completed.set(mode, (completed.get(mode) ?? 0) + sample.completed!)
      if (sample.errors > 0) throw new Error(`${mode}: ${sample.firstError}`)
      if (round > 0) samples.get(mode)!.push(sample)
      line.push(`${mode} ${number(sample.value)}/s ${number(sample.cpuMs)} ms`)
    }
    bench.progress(`authentication: round ${round}  ${line.join('  ')}`)
  }
  for (const { mode, target, runIds, login } of senders) {
    using client = apiClient(target.address, login?.token)
    const found = await points(client, runIds, 'loss')
    if (found < completed.get(mode)!)
      throw new Error(`${mode}: acknowledged ${completed.get(mode)} points, and has ${found}`)
  }
  return samples
}

function resultOf({ mode, base, ...head }: Comparison, rounds: Rounds): RowResult[] {
  const [samples, bases] = [rounds.get(mode), rounds.get(base)]
  if (samples === undefined || bases === undefined) return []
  const ratios = samples.map((sample, round): Sample => ({ ...sample, value: sample.value / bases[round]!.value }))
  const cpu = median(samples.map((sample, round) => sample.cpuMs! / bases[round]!.cpuMs!))
  const of = (all: readonly Sample[]): string =>
    `${number(median(all.map(({ value }) => value)))} /s at ${number(median(all.map(({ cpuMs }) => cpuMs!)))} ms of the server's CPU time`
  const note = `${of(samples)}, against ${of(bases)}: ${number(cpu)} × the CPU time`
  return [rowResult({ ...head, unit: '×', connections, note }, new Map([['runstead', ratios]]))]
}
