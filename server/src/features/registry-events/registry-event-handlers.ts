import type { Handler } from '../../context/context.ts'
import { searchRegistryEvents } from './search-registry-events.ts'

export const registryEventHandlers: readonly Handler[] = [searchRegistryEvents]
