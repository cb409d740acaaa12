import type { Handler } from '../context/context.ts'
import {
  type AidpContract,
  type AidpField,
  absentOperations,
  aidpOperations,
  enumValues,
  fieldsOfType,
  requestFields,
  responseFields,
} from '../contract/aidp/aidp-contract.ts'
import type { AidpOperation, AnyEndpoint, Endpoint } from '../contract/endpoint.ts'
import type { Field, MessageType, WireType } from '../contract/wire.ts'

/** An endpoint that says of itself that it is an operation of AIDP. */
export interface Declared {
  readonly endpoint: Endpoint
  readonly operation: AidpOperation
  readonly mount: AidpContract['mount']
}

/** Every operation that an endpoint declares. */
export function declaredOperations(handlers: readonly Handler[]): Declared[] {
  return handlers.flatMap(({ endpoint }): Declared[] => {
    if (endpoint.kind !== 'message') return []
    const mount = mountOf(endpoint)
    return [
      ...(endpoint.aidp === undefined || mount === undefined ? [] : [{ endpoint, operation: endpoint.aidp, mount }]),
      ...(endpoint.aidpInWorkspace === undefined
        ? []
        : [{ endpoint, operation: endpoint.aidpInWorkspace, mount: 'workspace' as const }]),
    ]
  })
}

function mountOf({ scope = 'workspace' }: AnyEndpoint): AidpContract['mount'] | undefined {
  return scope === 'service' ? undefined : scope
}

/** Fields that endpoints ask for although the contract does not, with the reason. */
const askedForAnyway: Readonly<Record<string, string>> = {
  'renameRegisteredModel new_name': 'a rename without a new name is refused (D46)',
  'logExperimentRunBatch metrics[].key': 'a metric without it could not be stored',
  'logExperimentRunBatch metrics[].value': 'a metric without it could not be stored',
  'logExperimentRunBatch metrics[].timestamp': 'a metric without it could not be stored',
  'logExperimentRunBatch params[].key': 'a param without it could not be stored',
  'logExperimentRunBatch tags[].key': 'a tag without it could not be stored',
}

/** Every difference between what endpoints declare and the contract; empty when they are equal. */
export function parityProblems(declared: readonly Declared[]): string[] {
  const problems: string[] = []
  const byOperation = Map.groupBy(declared, ({ operation }) => operation.operation)
  for (const [id, all] of byOperation) if (all.length > 1) problems.push(`${id}: declared ${all.length} times`)
  for (const id of byOperation.keys()) {
    if (!aidpOperations.some((operation) => operation.id === id)) problems.push(`${id}: not in the contract`)
  }
  for (const operation of aidpOperations) {
    const found = byOperation.get(operation.id)?.[0]
    if (found === undefined) problems.push(`${operation.id}: not declared`)
    else problems.push(...differences(operation, found))
  }
  return problems
}

function differences(operation: AidpContract, { endpoint, operation: own, mount }: Declared): string[] {
  const differs = (what: string, ours: unknown, theirs: unknown) =>
    ours === theirs ? [] : [`${operation.id}: ${what} is ${String(ours)}, in the contract ${String(theirs)}`]
  return [
    ...differs('method', own.method, operation.method),
    ...differs('path', own.path.replaceAll(/:(\w+)/g, '{$1}'), operation.path),
    ...differs('mount', mount, operation.mount),
    ...differs('header profile', own.profile, operation.profile),
    ...differs('status', endpoint.status ?? 200, operation.status),
    ...requestProblems(operation, endpoint),
    ...membersMissing(operation.id, endpoint.reply as MessageType<unknown>, responseFields(operation), 'answer '),
  ]
}

function requestProblems(operation: AidpContract, { request }: Endpoint): string[] {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
  const members = [
    ...inPath.map((name): AidpField => ({ name, type: 'string', required: true })),
    ...requestFields(operation),
  ]
  return [...membersMissing(operation.id, request, members, ''), ...askedTooMuch(operation.id, request, members, '')]
}

/** Members of the contract that a message lacks or has with another type. */
function membersMissing(id: string, type: MessageType<unknown>, members: readonly AidpField[], path: string): string[] {
  return members.flatMap((member) => {
    const field = type.fields[member.name]
    if (field === undefined) return [`${id}: ${path}${member.name} is missing`]
    return typeProblems(id, field.type, member, `${path}${member.name}`)
  })
}

const kindsOfType: Readonly<Record<string, readonly WireType['kind'][]>> = {
  string: ['string', 'enum'],
  'date-time': ['string'],
  boolean: ['bool'],
  integer: ['int32', 'int64'],
  int32: ['int32', 'int64'],
  // Where the contract's range is small, MLflow's narrower type holds all of it.
  int64: ['int64', 'int32'],
  double: ['double'],
  object: ['any', 'message'],
  'map<string,string>': ['any'],
}

function typeProblems(id: string, type: WireType, member: AidpField, path: string): string[] {
  if (member.type.endsWith('[]')) {
    if (type.kind !== 'list') return [`${id}: ${path} is no list`]
    return typeProblems(id, type.item, { ...member, type: member.type.slice(0, -2) }, `${path}[]`)
  }
  // MLflow takes `order_by` of two searches as a list, whose items may come as one text (D49).
  if (type.kind === 'list' && member.type === 'string' && path === 'order_by') return []
  const members = fieldsOfType(member.type)
  if (members !== undefined) {
    return type.kind === 'message'
      ? membersMissing(id, type, members, `${path}.`)
      : [`${id}: ${path} is no ${member.type}`]
  }
  const kinds = kindsOfType[member.type] ?? []
  if (!kinds.includes(type.kind)) return [`${id}: ${path} is ${type.kind}, in the contract ${member.type}`]
  if (type.kind === 'int32' && member.type === 'int64' && !(member.max !== undefined && member.max < 2 ** 31)) {
    return [`${id}: ${path} holds no 64-bit integer`]
  }
  return type.kind === 'enum' && member.enum !== undefined ? enumProblems(id, type, member.enum, path) : []
}

/** Names that MLflow's enumerations have beside those of the contract do no harm: the contract's check is made first. */
function enumProblems(id: string, type: WireType & { kind: 'enum' }, name: string, path: string): string[] {
  return enumValues(name)
    .filter((value) => !(value in type.values))
    .map((value) => `${id}: ${path} does not know ${value}`)
}

/** Required fields that the contract leaves out or lets be absent: AIDP's clients need not send them. */
function askedTooMuch(id: string, type: MessageType<unknown>, members: readonly AidpField[], path: string): string[] {
  return Object.entries<Field>(type.fields).flatMap(([name, field]) => {
    const member = members.find((one) => one.name === name)
    const own = field.required && member?.required !== true && field.type.kind !== 'list'
    const problems =
      own && askedForAnyway[`${id} ${path}${name}`] === undefined ? [`${id}: ${path}${name} is asked for`] : []
    const inner = field.type.kind === 'list' ? field.type.item : field.type
    const innerMembers = member === undefined ? undefined : fieldsOfType(member.type.replace('[]', ''))
    if (inner.kind !== 'message' || innerMembers === undefined) return problems
    const innerPath = `${path}${name}${field.type.kind === 'list' ? '[]' : ''}.`
    return [...problems, ...askedTooMuch(id, inner, innerMembers, innerPath)]
  })
}

/** The page of the guide. */
export function parityPage(declared: readonly Declared[]): string {
  const byOperation = new Map(declared.map((one) => [one.operation.operation, one]))
  const rows = aidpOperations.map((operation) => {
    const { endpoint } = byOperation.get(operation.id) ?? {}
    const cells = [
      operation.n,
      operation.id,
      `${operation.method} ${roots[operation.mount]}${operation.path}`,
      operation.profile,
      operation.status,
      requestFields(operation).map(shown).join(', ') || '–',
      operation.response ?? '–',
      endpoint === undefined ? '' : beyond(operation, endpoint).join(', ') || '–',
    ]
    return `| ${cells.join(' | ')} |`
  })
  const absent = absentOperations.map(
    ({ n, id, method, mount, path }) => `| ${n} | ${id} | ${method} ${roots[mount]}${path} |`,
  )
  return `${intro}
| # | Operation | Method and path | Profile | Status | Request | Answer | Also read |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

## Asked for although the contract does not

${Object.entries(askedForAnyway)
  .map(([field, reason]) => `- \`${field}\`: ${reason}`)
  .join('\n')}

## Not here

Model deployments need real serving behind them; their routes answer 404 NotFound.

| # | Operation | Method and path |
|---|---|---|
${absent.join('\n')}
`
}

const roots = { workspace: 'W', platform: 'R', control: 'P' } as const

const intro = `# Parity with AIDP's MLOps API 20260430

${aidpOperations.filter(({ n }) => n <= 62).length} of the 62 operations of the MLOps API, and the ${aidpOperations.filter(({ n }) => n > 62).length} control operations of workspaces. A test compares every
endpoint with the contract (\`server/src/contract/aidp/operations.json\`) and makes this page from it: a difference in method,
path, fields, types, header profile or status fails the build, and every limit and required member is tried on a running
server.

P is \`/20260430/aiDataPlatforms/{aiDataPlatformId}\`, W is \`P/workspaces/{workspaceKey}/mlops/api\`, R is \`P/mlops/api\`; all of them also answer
with \`/api\` in front. \`*\` = required; in brackets: characters of a text, items of a list, range of a number. "Also read" are
MLflow's fields that the contract does not have.
`

function shown(field: AidpField): string {
  const limit = limitOf(field)
  return `${field.name}${field.required ? '*' : ''} ${field.type.replaceAll('<', '\\<')}${limit === '' ? '' : ` (${limit})`}`
}

function limitOf({ minLength, maxLength, minItems, maxItems, min, max }: AidpField): string {
  for (const [low, high] of [
    [minLength, maxLength],
    [minItems, maxItems],
    [min, max],
  ]) {
    if (low !== undefined || high !== undefined) return `${low ?? ''}–${high ?? ''}`
  }
  return ''
}

function beyond(operation: AidpContract, { request }: Endpoint): string[] {
  const known = new Set([
    ...requestFields(operation).map(({ name }) => name),
    ...operation.path.matchAll(/\{(\w+)\}/g).map(([, name]) => name),
  ])
  return Object.keys(request.fields).filter((name) => !known.has(name))
}
