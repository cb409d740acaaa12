import { defineEndpoint, get } from '../../contract/endpoint.ts'
import { int64, list, message, string } from '../../contract/wire.ts'

const RegistryEvent = message('RegistryEvent', {
  event_id: string('Decimal number; later events have greater ones.'),
  timestamp: int64('Epoch milliseconds.'),
  event_type: string('Such as `model_version.stage_changed`.'),
  name: string('Name of the registered model at that time.'),
  version: string('Of the model version that the event is about.'),
  key: string('Tag key or alias.'),
  old_value: string('What was there before: name, description, stage, tag value, version of an alias.'),
  new_value: string(),
  user_id: string(),
  user_name: string(),
})

export const searchRegistryEvents = defineEndpoint({
  id: 'searchRegistryEvents',
  summary: 'Who changed what in the registry, newest first.',
  routes: [get('/2.0/runstead/registry-events/search')],
  scope: 'platform',
  permission: 'registry.read',
  request: message('SearchRegistryEvents', {
    name: string(
      'A registered model: its events, also those under earlier names. If no model has the name, those of models that had it.',
    ),
    max_results: int64('1 to 1000; absent: 100.'),
    page_token: string(),
  }),
  reply: message('SearchRegistryEvents.Response', { events: list(RegistryEvent), next_page_token: string() }),
})
