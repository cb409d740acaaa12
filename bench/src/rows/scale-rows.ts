import { cpSync } from 'node:fs'
import type { Sample } from '../measure/sample.ts'
import { type SeededExperiment, sweep } from '../seed/seed.ts'
import { seedByApi } from '../seed/seed-by-api.ts'
import type { Target } from '../targets/target.ts'
import type { Bench, Work } from './bench.ts'
import { searchBody } from './read-rows.ts'
import { rowResult } from './row.ts'

/** Experiments which the runs of others are spread over. */
const otherExperiments = 30

interface Place {
  readonly target: Target
  readonly experiment: SeededExperiment
}

/**
 * How a search grows with the experiment, and with what lies beside it. Two Runstead servers of their own: one holds an
 * experiment of 10,000 runs and one of 100,000; the other started from a copy of its data and got 300,000 runs of
 * other experiments on top. The three searches take turns, so that their ratios come from the same minute.
 */
export const scaleRows: Work = {
  ids: ['search-large', 'search-beside'],
  async run(bench) {
    if (bench.wanted(['runstead']).length === 0) return []
    const { searchRuns, largeSearchRuns } = bench.options.sizes
    const seeding = await bench.startOther('runstead', 'scale')
    const small = await seed(bench, seeding, 'bench small', searchRuns)
    const large = await seed(bench, seeding, 'bench large', largeSearchRuns)
    await seeding[Symbol.asyncDispose]()
    cpSync(bench.directory('scale'), bench.directory('scale-beside'), { recursive: true })

    await using crowded = await bench.startOther('runstead', 'scale-beside')
    const others = Math.ceil(bench.options.sizes.otherRuns / otherExperiments)
    for (let n = 0; n < otherExperiments; n++) await seed(bench, crowded, `bench other ${n}`, others)
    await using alone = await bench.startOther('runstead', 'scale')

    const largeSamples: Sample[] = []
    const besideSamples: Sample[] = []
    for (let round = 0; round <= bench.options.rounds; round++) {
      const tenth = await search(bench, { target: alone, experiment: small })
      const whole = await search(bench, { target: alone, experiment: large })
      const beside = await search(bench, { target: crowded, experiment: large })
      bench.progress(`search-large: round ${round}  ${tenth.p50Ms} ms, ${whole.p50Ms} ms, ${beside.p50Ms} ms`)
      if (round === 0) continue
      largeSamples.push(ratio(whole, tenth))
      besideSamples.push(ratio(beside, whole))
    }
    const head = { unit: '×' as const, connections: 1 }
    return [
      rowResult(
        {
          ...head,
          id: 'search-large',
          title: 'the search over 100,000 runs against that over 10,000',
          goals: [{ kind: 'at-most', limit: 2 }],
          note: 'p50 divided by p50',
        },
        new Map([['runstead', largeSamples]]),
      ),
      rowResult(
        {
          ...head,
          id: 'search-beside',
          title: 'the same with 300,000 runs of other experiments beside it, against without',
          goals: [{ kind: 'at-most', limit: 1.2 }],
          note: 'p50 divided by p50',
        },
        new Map([['runstead', besideSamples]]),
      ),
    ]
  },
}

async function seed(bench: Bench, target: Target, name: string, runs: number): Promise<SeededExperiment> {
  const start = performance.now()
  const experiment = await seedByApi(target.address, sweep(name, runs))
  const seconds = (performance.now() - start) / 1000
  bench.progress(`seeded ${name}: ${runs} runs in ${seconds.toFixed(1)} s`)
  return experiment
}

function search(bench: Bench, { target, experiment }: Place): Promise<Sample> {
  const json = JSON.stringify(searchBody(experiment.experimentId, 'metrics.acc DESC'))
  return bench.sample(target, { kind: 'repeat', requests: [{ path: '/api/2.0/mlflow/runs/search', json }] }, 1)
}

function ratio(sample: Sample, base: Sample): Sample {
  return { ...sample, value: sample.p50Ms! / base.p50Ms!, errors: sample.errors + base.errors }
}
