import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const script = `
import { getHeapSpaceStatistics } from 'node:v8'
import { setImmediate as turn } from 'node:timers/promises'
import { keepYoungGenerationSmall } from ${JSON.stringify(join(import.meta.dirname, 'young-generation.ts'))}
const megabytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 2 ** 20
let kept = []
const sizes = []
async function live(objects) {
  for (let n = 0; n < objects; n++) {
    kept.push({ n })
    if (n % 20_000 === 0) await turn()
  }
  sizes.push(megabytes())
}
{
  using small = keepYoungGenerationSmall()
  await live(300_000)
}
for (let round = 0; round < 20; round++) {
  kept = []
  await live(500_000)
}
console.log(JSON.stringify(sizes))
`

test('the young generation grows only afterwards, and not without bound', () => {
  const output = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    encoding: 'utf8',
  })
  const [small, ...afterwards] = JSON.parse(output) as number[]
  // V8 adds single pages beyond what it means to have.
  expect(small).toBeLessThanOrEqual(8)
  expect(Math.max(...afterwards)).toBeGreaterThan(32)
  expect(Math.max(...afterwards)).toBeLessThan(96)
})
