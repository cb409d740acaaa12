import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'

const source = readFileSync(join(import.meta.dirname, 'garbage-collection.ts'), 'utf8')
const script = `${stripTypeScriptTypes(source)}
import { workerData } from 'node:worker_threads'
// All threads of a round at once.
const arrived = new Int32Array(workerData)
for (Atomics.add(arrived, 0, 1); Atomics.load(arrived, 0) < 4; );
collectGarbage({ type: 'minor' })
`

test('threads that collect for the first time at the same moment do not take it from each other', async () => {
  for (let round = 0; round < 20; round++) {
    const arrived = new SharedArrayBuffer(4)
    const threads = [1, 2, 3, 4].map(async () => {
      const [code] = await once(new Worker(script, { eval: true, workerData: arrived }), 'exit')
      return code
    })
    expect(await Promise.all(threads)).toEqual([0, 0, 0, 0])
  }
})
