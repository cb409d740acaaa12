import { handle } from '../../context/context.ts'
import { runNotFound } from '../../errors/errors.ts'
import { runNumber } from '../../lib/run-number.ts'
import * as contract from './run-contract.ts'
import { nameRunData, namesOfData, readRunData } from './run-data-store.ts'
import { linksOfRuns } from './run-links-store.ts'
import { runMessage } from './run-message.ts'
import { findRunWithLinks } from './run-store.ts'

export const getRun = handle(contract.getRun, async ({ db, dialect, tenant }, { run_id }) => {
  const run = runNumber(run_id)
  if (run === undefined) throw runNotFound(run_id)
  const [found, rows] = await Promise.all([findRunWithLinks(db.lookup, tenant, run), readRunData(db, tenant, run)])
  if (found === undefined || found.row.run_id !== run_id) throw runNotFound(run_id)
  const { row, hasLinks } = found
  const [names, links] = await Promise.all([
    namesOfData(db, tenant, row.experiment, rows),
    hasLinks ? linksOfRuns(db.lookup, tenant, [run], 'with model inputs') : undefined,
  ])
  const message = runMessage(row, nameRunData(rows, names), links?.[0], dialect)
  return { body: { run: message }, revision: row.revision }
})
