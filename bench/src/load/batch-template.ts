import type { HttpAddress } from './http-address.ts'
import { jsonHead } from './payload.ts'

/** Steps are written with this many digits, so that the next batch can be written over the previous one. */
const stepDigits = 8
const timestampDigits = 13
const firstStep = 10 ** (stepDigits - 1)

/**
 * A log-batch request of `keys` × `steps` values of one run whose steps and timestamps are overwritten in place: what
 * 1,000 fresh points cost the generator is copying digits, not building JSON. The values stay the same from batch to
 * batch.
 *
 * @returns a function from the first step (counted from 0; sent shifted by 10,000,000) to the whole request. It gives
 *   the same buffer each time, so the previous request must have been answered.
 */
export function batchTemplate(
  address: HttpAddress,
  runId: string,
  keys: number,
  steps: number,
): (from: number) => Buffer {
  const metrics: string[] = []
  for (let step = 0; step < steps; step++) {
    for (let key = 0; key < keys; key++) {
      const value = (Math.sin(key * 1000 + step + 1) + 1) / 2
      metrics.push(
        `{"key":"metric-${key}","value":${value},"timestamp":${'T'.repeat(timestampDigits)},"step":${'S'.repeat(stepDigits)}}`,
      )
    }
  }
  const json = `{"run_id":"${runId}","metrics":[${metrics.join(',')}]}`
  const request = Buffer.from(jsonHead(address, '/api/2.0/mlflow/runs/log-batch', Buffer.byteLength(json)) + json)
  const stepAt = positions(request, 'S'.repeat(stepDigits))
  const timestampAt = positions(request, 'T'.repeat(timestampDigits))

  return (from) => {
    const now = Date.now()
    for (let step = 0, n = 0; step < steps; step++) {
      const stepText = String(firstStep + from + step)
      const timestampText = String(now + step)
      for (let key = 0; key < keys; key++, n++) {
        request.write(stepText, stepAt[n]!, 'latin1')
        request.write(timestampText, timestampAt[n]!, 'latin1')
      }
    }
    return request
  }
}

function positions(bytes: Buffer, text: string): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) found.push(at)
  return found
}
