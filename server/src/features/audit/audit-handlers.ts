import type { Handler } from '../../context/context.ts'
import { searchAuditEvents } from './search-audit-events.ts'

export const auditHandlers: readonly Handler[] = [searchAuditEvents]
