import { promptTag } from '../registered-models/registered-model-rules.ts'
import type { RegistryEvent } from '../registry-events/registry-event-store.ts'
import type { EventData } from './webhook-event-rules.ts'

const promptTypeTag = '_mlflow_prompt_type'
const promptTextTag = 'mlflow.prompt.text'

/** What webhooks hear of a change: the event's name and data, of a model or of a prompt. */
export interface WebhookNews {
  readonly event: string
  /** @param version number of the version that the change is about, as text */
  readonly data: (version: string) => EventData
}

/**
 * What webhooks are told of a change in the registry; undefined for changes that MLflow tells nobody: deleted, renamed and
 * updated things, stages, tags of models.
 *
 * @param isPrompt whether the registered model is a prompt
 */
export function webhookNews(event: RegistryEvent, isPrompt: boolean): WebhookNews | undefined {
  const { kind, name, key, newValue } = event
  switch (kind) {
    case 'registered_model.created':
      return createdModel(event)
    case 'model_version.created':
      return createdVersion(event)
    case 'registered_model_tag.set':
      return isPrompt ? { event: 'prompt_tag.set', data: () => ({ name, key, value: newValue }) } : undefined
    case 'registered_model_tag.deleted':
      return isPrompt ? { event: 'prompt_tag.deleted', data: () => ({ name, key }) } : undefined
    case 'model_version_tag.set':
      return {
        event: `${prefix(isPrompt)}_version_tag.set`,
        data: (version) => ({ name, version, key, value: newValue }),
      }
    case 'model_version_tag.deleted':
      return { event: `${prefix(isPrompt)}_version_tag.deleted`, data: (version) => ({ name, version, key }) }
    case 'model_alias.set':
      return { event: `${aliasEntity(isPrompt)}.created`, data: (version) => ({ name, alias: key, version }) }
    case 'model_alias.deleted':
      return { event: `${aliasEntity(isPrompt)}.deleted`, data: () => ({ name, alias: key }) }
    default:
      return undefined
  }
}

function prefix(isPrompt: boolean): string {
  return isPrompt ? 'prompt' : 'model'
}

function aliasEntity(isPrompt: boolean): string {
  return isPrompt ? 'prompt_alias' : 'model_version_alias'
}

function createdModel({ name, details }: RegistryEvent): WebhookNews {
  const tags = tagsOf(details)
  const description = details?.['description'] ?? ''
  if (!saysPrompt(tags)) return { event: 'registered_model.created', data: () => ({ name, tags, description }) }
  const { [promptTag]: _mark, [promptTypeTag]: _type, ...own } = tags
  return { event: 'prompt.created', data: () => ({ name, tags: own, description }) }
}

function createdVersion({ name, details }: RegistryEvent): WebhookNews {
  const tags = tagsOf(details)
  const description = details?.['description'] ?? null
  if (saysPrompt(tags)) {
    const { [promptTag]: _mark, [promptTypeTag]: _type, [promptTextTag]: template = null, ...own } = tags
    return { event: 'prompt_version.created', data: (version) => ({ name, version, template, tags: own, description }) }
  }
  const [source, run_id] = [details?.['source'], details?.['run_id'] ?? null]
  return { event: 'model_version.created', data: (version) => ({ name, version, source, run_id, tags, description }) }
}

function tagsOf(details: RegistryEvent['details']): Readonly<Record<string, string>> {
  return (details?.['tags'] ?? {}) as Readonly<Record<string, string>>
}

function saysPrompt(tags: Readonly<Record<string, string>>): boolean {
  return tags[promptTag]?.toLowerCase() === 'true'
}
