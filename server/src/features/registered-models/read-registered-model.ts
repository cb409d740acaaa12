import { handle } from '../../context/context.ts'
import { modelVersionMessage } from '../model-versions/model-version-message.ts'
import { stages as everyStage, readStage } from '../model-versions/model-version-rules.ts'
import * as contract from './registered-model-contract.ts'
import { latestVersions } from './registered-model-details.ts'
import { answerWithModel } from './registered-model-message.ts'
import { checkModelName } from './registered-model-rules.ts'
import { getModelByName } from './registered-model-store.ts'

export const getRegisteredModel = handle(contract.getRegisteredModel, async (context, { name }) => {
  checkModelName(name)
  const row = await getModelByName(context.db.lookup, context.platform, name)
  return answerWithModel(context, context.db.lookup, row)
})

export const getLatestVersions = handle(contract.getLatestVersions, async (context, { name, stages }) => {
  const { db, platform, mount } = context
  checkModelName(name)
  const { model } = await getModelByName(db.lookup, platform, name)
  const asked = stages.length === 0 ? everyStage : [...new Set(stages.map(readStage))]
  const rows = await latestVersions(db.engine, db.lookup, platform, [model], asked, 'with aliases')
  return { body: { model_versions: rows.map((row) => modelVersionMessage(mount, row)) } }
})
