import { badRequest, invalidParameter } from '../../errors/errors.ts'
import { toPythonJson } from '../../lib/python-json.ts'

/** What can be told of each entity (MLflow 3.17.0). */
const actions: Readonly<Record<string, readonly string[]>> = {
  registered_model: ['created'],
  model_version: ['created'],
  model_version_tag: ['set', 'deleted'],
  model_version_alias: ['created', 'deleted'],
  prompt: ['created'],
  prompt_version: ['created'],
  prompt_tag: ['set', 'deleted'],
  prompt_version_tag: ['set', 'deleted'],
  prompt_alias: ['created', 'deleted'],
  budget_policy: ['exceeded'],
}

/** An entity and an action in capitals, as requests have them. */
export interface GivenEvent {
  readonly entity: string
  readonly action: string
}

/**
 * The name under which an event is stored, such as `model_version.created`.
 *
 * @throws AppError `invalid-parameter` when the entity has no such action
 */
export function eventName({ entity, action }: GivenEvent): string {
  const [noun, verb] = [entity.toLowerCase(), action.toLowerCase()]
  const known = actions[noun] ?? []
  if (known.includes(verb)) return `${noun}.${verb}`
  const list = known.toSorted().map((one) => `'${one}'`)
  throw invalidParameter(`Invalid action '${verb}' for entity '${noun}'. Valid actions are: [${list.join(', ')}]`, {
    field: 'events',
  })
}

/**
 * The names of a list of events, sorted.
 *
 * @throws AppError `invalid-parameter`; `bad-request` for an event that is named twice
 */
export function eventNames(events: readonly GivenEvent[]): string[] {
  const names = events.map(eventName).sort()
  const repeated = names.find((name, index) => name === names[index - 1])
  if (repeated !== undefined) throw badRequest(`The event ${repeated} is named twice.`, { field: 'events' })
  return names
}

/** Name, tags and more of an event's subject, in the order in which they are sent. */
export type EventData = Readonly<Record<string, unknown>>

/**
 * The body of a delivery, byte for byte as MLflow writes it: Python's separators, ASCII, microseconds.
 *
 * @param event such as `model_version.created`
 * @param at epoch milliseconds
 */
export function deliveryBody(event: string, at: number, data: EventData): string {
  const [entity, action] = event.split('.')
  const timestamp = new Date(at).toISOString().replace('Z', '000+00:00')
  return toPythonJson({ entity, action, timestamp, data })
}

/** What is sent when a webhook is tried out. */
export function sampleData(event: string): EventData {
  const [entity = '', action] = event.split('.')
  if (entity === 'budget_policy') return sampleBudget
  const isPrompt = entity.startsWith('prompt')
  const name = isPrompt ? 'example_prompt' : 'example_model'
  const key = 'example_key'
  const value = 'example_value'
  const tags = { [key]: value }
  const version = '1'
  switch (entity) {
    case 'registered_model':
      return { name, tags, description: 'An example registered model' }
    case 'prompt':
      return { name, tags, description: 'An example prompt' }
    case 'model_version':
      return {
        name,
        version,
        source: 'models:/123',
        run_id: 'abcd1234abcd5678',
        tags,
        description: 'An example model version',
      }
    case 'prompt_version':
      return { name, version, template: 'Hello {{name}}!', tags, description: 'An example prompt version' }
    case 'prompt_tag':
      return action === 'set' ? { name, key, value } : { name, key }
    case 'model_version_tag':
    case 'prompt_version_tag':
      return action === 'set' ? { name, version, key, value } : { name, version, key }
    default:
      return action === 'created' ? { name, alias: 'example_alias', version } : { name, alias: 'example_alias' }
  }
}

const sampleBudget: EventData = {
  budget_policy_id: 'bp-abc123',
  budget_unit: 'USD',
  budget_amount: 100,
  current_spend: 105.5,
  duration_unit: 'MONTHS',
  duration_value: 1,
  target_scope: 'ENDPOINT',
  workspace: 'default',
  target_value: 'ep-abc123',
  window_start: 1704067200000,
}
