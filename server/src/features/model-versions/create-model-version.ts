import { type Context, handle } from '../../context/context.ts'
import type { Output } from '../../contract/wire.ts'
import type { Tx } from '../../db/database.ts'
import { together } from '../../db/together.ts'
import { valueKey } from '../../lib/value-key.ts'
import { checkModelName } from '../registered-models/registered-model-rules.ts'
import { getModelByName } from '../registered-models/registered-model-store.ts'
import { insertRegistryEvent, recordRegistryEvent } from '../registry-events/registry-event-store.ts'
import { hasActiveWebhooks } from '../webhooks/webhook-outbox.ts'
import * as contract from './model-version-contract.ts'
import { modelVersionMessage, ready } from './model-version-message.ts'
import { checkNewVersionTags, checkVersionTexts, isPromptRequest } from './model-version-rules.ts'
import { findModelVersion, insertModelVersion, takeVersionNumber } from './model-version-store.ts'
import { noteVersionOnModel } from './note-version-on-model.ts'
import { resolveVersionSource, type VersionSource } from './resolve-version-source.ts'
import { checkPromptSource, checkSourcePattern } from './version-source-rules.ts'

export const createModelVersion = handle(
  contract.createModelVersion,
  async (context, request) => {
    const { db, platform, caller, now, mount } = context
    const { name, run_link = '', description = '' } = request
    checkVersionTexts(request)
    const isPrompt = isPromptRequest(request.tags)
    if (isPrompt) checkPromptSource(request.source)
    else checkSourcePattern(request.source, context.modelSourcePattern)
    const { loggedModel, ...source } = isPrompt ? promptSource(request) : await resolveVersionSource(context, request)
    checkModelName(name)
    const tags = checkNewVersionTags(request.tags)
    const { model } = await getModelByName(db.lookup, platform, name)
    const isHeard = await hasActiveWebhooks(db.lookup, platform)
    const record = isHeard ? recordRegistryEvent : insertRegistryEvent
    let number = 0
    const work = async (tx: Tx) => {
      const at = now()
      const row = {
        tenant: platform,
        model,
        created: at,
        updated: at,
        description,
        user_id: caller.name,
        stage: 'None',
        ...source,
        source_key: valueKey(source.source),
        run_link,
        status: ready,
        status_message: '',
        revision: 1,
      }
      const taken = takeVersionNumber(tx, row, name, at)
      const event = record(tx, platform, caller, at, {
        kind: 'model_version.created',
        model,
        name,
        version: taken,
        details: {
          source: row.source,
          run_id: row.run_id || null,
          tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
          description: description || null,
        },
      })
      const [version] = await together(taken, insertModelVersion(tx, row, tags), event)
      number = version
      const texts = JSON.stringify(tags.map(({ key, value }) => [key, value]))
      const shown = { ...row, version, name, tags: texts, aliases: null }
      return { body: { model_version: modelVersionMessage(mount, shown) }, revision: row.revision }
    }
    // What webhooks are told needs the number of the version.
    const answer = await db.write(platform, work, { atOnce: !isHeard })
    if (loggedModel !== undefined) await noteVersionOnModel(context, loggedModel, { name, version: number })
    return answer
  },
  stillExists,
)

/** Whether a version that an answer tells of is still there. */
async function stillExists(
  { db, platform }: Context,
  body: Output<typeof contract.createModelVersion.reply>,
): Promise<boolean> {
  const { name = '', version } = body.model_version ?? {}
  return (await findModelVersion(db.lookup, platform, name, Number(version))) !== undefined
}

/** A prompt has no files: what is given is kept as it is. */
function promptSource({
  source,
  run_id = '',
  model_id = '',
}: {
  readonly source: string
  readonly run_id?: string | undefined
  readonly model_id?: string | undefined
}): VersionSource {
  return { source, storage_location: null, run_id, model_id, source_tenant: null }
}
