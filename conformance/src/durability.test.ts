/** `kill -9` under load, twenty times on one data directory: nothing acknowledged is lost, no batch is torn. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, apiClient } from './durability/api-client.ts'
import { acknowledgedWrites, lossesOf } from './durability/check.ts'
import { type Ledger, newLedger } from './durability/ledger.ts'
import { type Load, writeUntilStopped } from './durability/writers.ts'
import { startMlflow } from './targets/mlflow-server.ts'
import { interpreterOf, pythonEnvironment } from './targets/python-environments.ts'
import { startRunstead } from './targets/runstead-server.ts'
import { type ScratchDirectory, scratchDirectory } from './targets/scratch-directory.ts'
import type { ServerProcess } from './targets/server-process.ts'

const rounds = Number(process.env['RUNSTEAD_DURABILITY_ROUNDS'] ?? 20)
/** Shortest and longest time that a server lives under load, in ms. */
const life = [100, 700] as const

describe('kill -9 under load', () => {
  const ledgers: Ledger[] = []
  let directory: ScratchDirectory
  let server: ServerProcess
  let api: ApiClient
  let experiment: string

  beforeAll(async () => {
    directory = await scratchDirectory('durability')
    await restart()
    experiment = await idOf('experiments/create', { name: 'durability' }, (body) => body['experiment_id'])
  })
  afterAll(async () => {
    await server?.kill()
    await directory?.[Symbol.asyncDispose]()
  })

  test.for(Array.from({ length: rounds }, (_, round) => round + 1))('round %i', async (round) => {
    const run = await idOf(
      'runs/create',
      { experiment_id: experiment, run_name: `round ${round}`, start_time: round },
      (body) => {
        return (body['run'] as { info: { run_id: string } }).info.run_id
      },
    )
    const ledger = newLedger(run)
    ledgers.push(ledger)
    const load: Load = { stopped: false }
    const time = life[0] + Math.random() * (life[1] - life[0])
    const writing = writeUntilStopped(api, experiment, ledger, load)
    const outcome = writing.then(
      () => undefined,
      (cause: unknown) => cause,
    )
    await sleep(time)
    await server.kill()
    load.stopped = true
    expect(await outcome, 'every writer is acknowledged until the server dies').toBeUndefined()
    expect(acknowledgedWrites(ledger), 'the load is a load').toBeGreaterThan(0)

    await restart()
    const losses = await lossesOf(api, experiment, ledger)
    expect(losses, `killed after ${Math.round(time)} ms and ${acknowledgedWrites(ledger)} acknowledged writes`).toEqual(
      [],
    )
  })

  test('what the earlier rounds acknowledged is still there', async () => {
    for (const [index, ledger] of ledgers.entries()) {
      expect(await lossesOf(api, experiment, ledger), `round ${index + 1}`).toEqual([])
    }
  })

  async function restart(): Promise<void> {
    const start = process.env['RUNSTEAD_CONFORMANCE_TARGET'] === 'mlflow' ? startReal : startRunstead
    server = await start(directory.path)
    api = apiClient(server.url)
  }

  async function idOf(
    operation: string,
    body: object,
    pick: (body: Readonly<Record<string, unknown>>) => unknown,
  ): Promise<string> {
    const answer = await api.post(operation, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return String(pick(answer.body))
  }
})

function startReal(dataDirectory: string): Promise<ServerProcess> {
  return startMlflow(interpreterOf(pythonEnvironment('mlflow3'))!, dataDirectory)
}
