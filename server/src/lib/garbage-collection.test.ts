import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'

const script = `
import { workerData } from 'node:worker_threads'
const { collectGarbage } = await import(${JSON.stringify(join(import.meta.dirname, 'garbage-collection.ts'))})
// All threads of a round at once.
const arrived = new Int32Array(workerData)
for (Atomics.add(arrived, 0, 1); Atomics.load(arrived, 0) < 4; );
collectGarbage({ type: 'minor' })
`

test('threads that collect for the first time at the same moment do not take it from each other', async () => {
  for (let round = 0; round < 8; round++) {
    const arrived = new SharedArrayBuffer(4)
    const threads = [1, 2, 3, 4].map(async () => {
      const [code] = await once(new Worker(script, { eval: true, workerData: arrived }), 'exit')
      return code
    })
    expect(await Promise.all(threads)).toEqual([0, 0, 0, 0])
  }
})
