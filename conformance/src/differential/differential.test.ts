/**
 * The differential replay: the same requests to Runstead and to the real MLflow server. Without Python the recorded
 * answers stand for the real server; with it, the recording itself is checked against the live one.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMlflow } from '../targets/mlflow-server.ts'
import { interpreterOf, pythonEnvironment } from '../targets/python-environments.ts'
import { startRunstead } from '../targets/runstead-server.ts'
import { type ScratchDirectory, scratchDirectory } from '../targets/scratch-directory.ts'
import type { ServerProcess } from '../targets/server-process.ts'
import { allowedDifferences } from './allow-list.ts'
import { areas } from './areas.ts'
import type { NormalAnswer } from './normal-answer.ts'
import { readRecording } from './recording.ts'
import { replay } from './replay.ts'
import { staleness, verdict } from './verdict.ts'

const python = process.env['RUNSTEAD_REPLAY'] === 'recorded' ? undefined : interpreterOf(pythonEnvironment('mlflow3'))
const againstMlflow = process.env['RUNSTEAD_CONFORMANCE_TARGET'] === 'mlflow'
const cases = areas.flatMap((area) => area.cases)
const allowed = new Map(allowedDifferences.map((entry) => [entry.id, entry]))

test('the cases have names of their own, and the allow-list names cases', () => {
  const ids = cases.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  expect(allowedDifferences.filter(({ id }) => !ids.includes(id))).toEqual([])
  expect(allowed.size).toBe(allowedDifferences.length)
  expect(ids.length).toBeGreaterThanOrEqual(250)
})

describe('the replay', () => {
  let directory: ScratchDirectory
  let target: ServerProcess
  let real: ServerProcess | undefined
  beforeAll(async () => {
    directory = await scratchDirectory('replay')
    const started = await Promise.all([startTarget(), startReal()])
    target = started[0]
    real = started[1]
  })
  afterAll(async () => {
    await Promise.all([target?.stop(), real?.stop()])
    await directory?.[Symbol.asyncDispose]()
  })

  async function startTarget(): Promise<ServerProcess> {
    const path = join(directory.path, 'target')
    await mkdir(path)
    return againstMlflow ? startMlflow(python!, path) : startRunstead(path)
  }

  async function startReal(): Promise<ServerProcess | undefined> {
    if (python === undefined || againstMlflow) return undefined
    const path = join(directory.path, 'real')
    await mkdir(path)
    return startMlflow(python, path)
  }

  describe.for(areas)('$name', (area) => {
    let recorded: ReadonlyMap<string, NormalAnswer>
    let live: ReadonlyMap<string, NormalAnswer> | undefined
    let actual: ReadonlyMap<string, NormalAnswer>
    beforeAll(async () => {
      recorded = await readRecording(area.name)
      live = real && (await replay(area, real.url))
      actual = await replay(area, target.url)
    })

    test.for(area.cases)('$id', ({ id }) => {
      const expected = live?.get(id) ?? recorded.get(id)
      expect(expected, `${id} has not been recorded`).toBeDefined()
      const problems = live === undefined ? [] : staleness(recorded.get(id), live.get(id)!)
      problems.push(...verdict(expected!, actual.get(id)!, againstMlflow ? undefined : allowed.get(id)))
      expect(problems.join('\n')).toBe('')
    })

    test('nothing is recorded that is not asked', () => {
      const asked = new Set(area.cases.map(({ id }) => id))
      expect([...recorded.keys()].filter((id) => !asked.has(id))).toEqual([])
    })
  })
})
