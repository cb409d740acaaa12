import { largeArtifactRows, smallArtifactRows } from './artifact-rows.ts'
import { authenticationRows } from './authentication-rows.ts'
import type { Work } from './bench.ts'
import { clientRow } from './client-row.ts'
import { memoryAfterRows, startRows } from './process-rows.ts'
import { readRows } from './read-rows.ts'
import { registryRows } from './registry-rows.ts'
import { scaleRows } from './scale-rows.ts'
import { writeRows } from './write-rows.ts'

/** Everything there is to measure, in the order of the table. */
export const allRows: readonly Work[] = [
  startRows,
  ...writeRows,
  authenticationRows,
  ...readRows,
  scaleRows,
  ...registryRows,
  clientRow,
  largeArtifactRows,
  smallArtifactRows,
  memoryAfterRows,
]
