import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const script = `
import { getHeapSpaceStatistics } from 'node:v8'
import { keepYoungGenerationSmall } from ${JSON.stringify(join(import.meta.dirname, 'young-generation.ts'))}
const megabytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 2 ** 20
let kept = []
const live = () => { for (let n = 0; n < 300_000; n++) kept.push({ n }) }
const sizes = []
{
  using small = keepYoungGenerationSmall()
  live()
  sizes.push(megabytes())
}
for (let round = 0; round < 50 && megabytes() <= 2 * sizes[0]; round++) {
  kept = []
  live()
}
sizes.push(megabytes())
console.log(JSON.stringify(sizes))
`

test('the young generation grows only afterwards', () => {
  const output = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    encoding: 'utf8',
  })
  const [small, afterwards] = JSON.parse(output) as [number, number]
  expect(small).toBeLessThanOrEqual(4)
  expect(afterwards).toBeGreaterThan(2 * small)
})
