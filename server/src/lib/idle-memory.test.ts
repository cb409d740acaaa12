import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const script = `
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import { giveMemoryBackWhenIdle } from ${JSON.stringify(join(import.meta.dirname, 'idle-memory.ts'))}

let collections = 0
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections++
}).observe({ entryTypes: ['gc'] })
const megabytes = () => getHeapStatistics().total_heap_size / 2 ** 20
const looks = []
async function look() {
  await turn()
  looks.push({ megabytes: megabytes(), collections })
}
async function grow() {
  let kept = []
  for (let n = 0; n < 1_500_000; n++) kept.push({ n })
  await turn()
}
async function work(ms) {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(20)) {
    for (const pause = performance.now() + 10; performance.now() < pause; );
  }
}

giveMemoryBackWhenIdle(100)
await grow()
await work(1200)
await look()
await sleep(1600)
await look()
await sleep(1600)
await look()
await grow()
await sleep(2000)
await look()
console.log(JSON.stringify(looks))
`

test('memory is given back when a thread is idle, once each time it has grown', () => {
  const output = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    encoding: 'utf8',
  })
  const [busy, idle, stillIdle, again] = JSON.parse(output) as { megabytes: number; collections: number }[]
  expect(busy!.megabytes).toBeGreaterThan(60)
  expect(idle!.megabytes).toBeLessThan(20)
  expect(stillIdle!.collections).toBe(idle!.collections)
  expect(again!.megabytes).toBeLessThan(20)
})
