import { controlCases } from './control-cases.ts'
import { experimentCases } from './experiment-cases.ts'
import type { OperationCase } from './operation-case.ts'
import { registryCases } from './registry-cases.ts'
import { runCases } from './run-cases.ts'

/** What every operation of the contract is tried with, by its id. */
export const operationCases: Readonly<Record<string, OperationCase>> = {
  ...experimentCases,
  ...runCases,
  ...registryCases,
  ...controlCases,
}

/** @throws Error when an operation is tried with nothing */
export function caseOf(operation: string): OperationCase {
  const found = operationCases[operation]
  if (found === undefined) throw new Error(`Nothing tries the operation '${operation}'.`)
  return found
}
