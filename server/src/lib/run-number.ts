import { type Int64, toInt64 } from './int64.ts'

const runIdPattern = /^[0-9a-f]{32}$/

/**
 * The number under which a run is stored: the first 63 bits of its id, so that runs sort by number as by id.
 *
 * @returns undefined for an id that no stored run can have. Two ids can share a number: compare the stored `run_id` too
 */
export function runNumber(runId: string): Int64 | undefined {
  if (!runIdPattern.test(runId)) return undefined
  return toInt64(BigInt(`0x${runId.slice(0, 16)}`) >> 1n)
}

/** The number of a logged model: the first 63 bits of the hex digits after `m-`. */
export function modelNumber(modelId: string): Int64 | undefined {
  return modelId.startsWith('m-') ? runNumber(modelId.slice(2)) : undefined
}
