import type { Handler } from '../../context/context.ts'
import { handle } from '../../context/context.ts'
import { notFound } from '../../errors/errors.ts'
import { rfc3339 } from '../../lib/rfc3339.ts'
import * as contract from './async-operation-contract.ts'
import { findOperation } from './async-operation-store.ts'

const getAsyncOperation = handle(contract.getAsyncOperation, async (context, { asyncOperationKey: key }) => {
  const { db, platform, caller, now } = context
  const row = await findOperation(db.lookup, platform, key, caller, now())
  if (row === undefined) throw notFound(`No asynchronous operation '${key}'.`)
  return {
    body: {
      key: row.operation,
      resourceType: row.resource_type,
      actionType: row.action_type,
      resourceName: row.resource_name,
      resourceDisplayName: row.resource_display_name,
      createdBy: row.created_by,
      createdByName: row.created_by_name,
      timeStarted: rfc3339(row.started),
      timeFinished: row.finished === null ? undefined : rfc3339(row.finished),
      status: row.status,
      errorCode: row.error_code ?? undefined,
      errorMessage: row.error_message ?? undefined,
    },
  }
})

export const asyncOperationHandlers: readonly Handler[] = [getAsyncOperation]
