import { type Answer, type Context, handle } from '../../context/context.ts'
import type { Dialect } from '../../contract/endpoint.ts'
import type { Output } from '../../contract/wire.ts'
import { isUniqueViolation } from '../../db/driver-error.ts'
import { AppError } from '../../errors/app-error.ts'
import { badRequest, experimentNotFound, invalidParameter } from '../../errors/errors.ts'
import type { CreateRun, KeyValue } from '../../ingest/ingest-record.ts'
import { newRunId } from '../../lib/new-run-id.ts'
import { appendToUri } from '../../lib/uri-path.ts'
import { findArtifactLocation } from '../experiments/experiment-public.ts'
import { experimentNumber } from '../experiments/experiment-rules.ts'
import * as contract from './run-contract.ts'
import { runInfoMessage, statusNumber } from './run-message.ts'
import { randomRunName } from './run-name.ts'
import { runNameTag } from './run-rules.ts'
import { findRun } from './run-store.ts'

/** How often a run gets another id because its number is taken: by chance, one in 2^21 runs of the same millisecond. */
const attempts = 3

export const createRun = handle(
  contract.createRun,
  async (context, request) => {
    const { caller, db, dialect, tenant, now } = context
    const isAidp = dialect === 'aidp'
    const experimentId = request.experiment_id || (isAidp ? '0' : '')
    if (!experimentId) throw badRequest('A run needs an experiment.', { field: 'experiment_id' })
    const experiment = experimentNumber(experimentId, tenant)
    const location = await findArtifactLocation(db.lookup, tenant, experiment)
    if (location === undefined) throw experimentNotFound(experimentId)
    const tags = request.tags.map(({ key = '', value = '' }) => ({ key, value }))
    const name = nameOfRun(request.run_name, tags)
    const fields = {
      experiment,
      name,
      userId: request.user_id ?? (isAidp ? caller.name : ''),
      startTime: request.start_time ?? (isAidp ? now() : 0),
      tags,
    }
    return submitWithNewId(context, location, fields)
  },
  isActive,
)

/** Whether a run that an answer tells of is there and not deleted. */
async function isActive({ db, tenant }: Context, { run }: Output<typeof contract.createRun.reply>): Promise<boolean> {
  const row = await findRun(db.lookup, tenant, run?.info?.run_id ?? '')
  return row?.deleted === 0
}

function answerOf({ runId, experiment, name, userId, startTime, artifactUri, tags }: CreateRun, dialect: Dialect) {
  const info = runInfoMessage(
    {
      run_id: runId,
      experiment,
      name,
      user_id: userId,
      status: statusNumber('RUNNING'),
      start_time: startTime,
      end_time: null,
      deleted: 0,
      artifact_uri: artifactUri,
      revision: 1,
    },
    dialect,
  )
  return { run: { info, data: { tags }, inputs: {} } }
}

/**
 * The name of a new run: as given, as tagged, or a random one. Adds the tag when there is none.
 *
 * @throws AppError `invalid-parameter` for two names; `bad-request` for a tag that is given twice
 */
function nameOfRun(given: string | undefined, tags: KeyValue[]): string {
  const tagged = tags.find(({ key }) => key === runNameTag)?.value
  if (given && tagged && given !== tagged) {
    throw invalidParameter(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values ` +
        `(run_name='${given}', mlflow.runName='${tagged}').`,
      { field: 'run_name' },
    )
  }
  const name = given || tagged || randomRunName()
  if (!tagged) tags.push({ key: runNameTag, value: name })
  const keys = new Set<string>()
  for (const { key } of tags) {
    if (keys.has(key)) throw badRequest(`The tag '${key}' is given twice.`, { field: 'tags' })
    keys.add(key)
  }
  return name
}

async function submitWithNewId(
  { ingest, tenant, now, dialect }: Context,
  location: string,
  fields: Omit<CreateRun, 'kind' | 'runId' | 'artifactUri'>,
): Promise<Answer<ReturnType<typeof answerOf>>> {
  for (let attempt = 1; ; attempt++) {
    const runId = newRunId(now())
    const artifactUri = appendToUri(location, `${runId}/artifacts`)
    const record: CreateRun = { kind: 'create-run', runId, artifactUri, ...fields }
    try {
      const body = answerOf(record, dialect)
      const { revision } = await ingest.submit(tenant, record, body)
      return { body, revision }
    } catch (error) {
      if (attempt === attempts || !isTaken(error)) throw error
    }
  }
}

function isTaken(error: unknown): boolean {
  return isUniqueViolation(error) || (error instanceof AppError && error.code === 'already-exists')
}
