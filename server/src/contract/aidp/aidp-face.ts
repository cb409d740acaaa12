import type { Endpoint } from '../endpoint.ts'
import type { Field, MessageType, WireType } from '../wire.ts'
import {
  type AidpContract,
  type AidpField,
  aidpOperation,
  fieldsOfType,
  requestFields,
  responseFields,
} from './aidp-contract.ts'

/** How an endpoint looks at an AIDP operation. */
export interface AidpFace {
  readonly operation: AidpContract
  /** What is read: everything that the endpoint knows, since AIDP's members are checked before. */
  readonly request: MessageType<unknown>
  /** What is answered: the members that the contract names, in its order; its lists are there even when empty. */
  readonly reply: WireType
}

/** @throws Error when the contract has no such operation */
export function aidpFaceOf(endpoint: Endpoint, operationId: string): AidpFace {
  const operation = aidpOperation(operationId)
  return {
    operation,
    request: withOptionalLists(endpoint.request),
    reply: endpoint.reply.kind === 'message' ? replyOf(endpoint.reply, operation) : endpoint.reply,
  }
}

/**
 * The request of an endpoint as AIDP asks for it: required is what the contract says, where it names the field; of the
 * others a list never is.
 */
export function requestOnAidp(endpoint: Endpoint, operationId: string): MessageType<unknown> {
  const members = new Map(requestFields(aidpOperation(operationId)).map((member) => [member.name, member]))
  const fields = Object.entries<Field>(withOptionalLists(endpoint.request).fields).map(
    ([name, field]): [string, Field] => [
      name,
      { ...field, required: field.required || members.get(name)?.required === true },
    ],
  )
  return { ...endpoint.request, fields: Object.fromEntries(fields) }
}

/** Whether a list must be given is the contract's to say. */
function withOptionalLists(type: MessageType<unknown>): MessageType<unknown> {
  const fields = Object.entries<Field>(type.fields).map(([name, field]): [string, Field] => [
    name,
    field.type.kind === 'list' ? { ...field, required: false } : field,
  ])
  return { ...type, fields: Object.fromEntries(fields) }
}

function replyOf(type: MessageType<unknown>, operation: AidpContract): MessageType<unknown> {
  const reply = shownAs(type, operation.response ?? type.name, responseFields(operation))
  const fields = Object.entries<Field>(reply.fields).map(([name, field]): [string, Field] => [
    name,
    field.type.kind === 'list' ? { ...field, required: true } : field,
  ])
  return { ...reply, fields: Object.fromEntries(fields) }
}

/** A message with the members that the contract names. */
function shownAs(type: MessageType<unknown>, name: string, members: readonly AidpField[]): MessageType<unknown> {
  const fields = members.flatMap((member): [string, Field][] => {
    const field = type.fields[member.name]
    if (field === undefined) return []
    return [[member.name, { type: memberType(field.type, member), required: member.required === true }]]
  })
  return { ...type, name, fields: Object.fromEntries(fields) }
}

function memberType(type: WireType, { type: name }: AidpField): WireType {
  const typeName = name.replace('[]', '')
  const members = fieldsOfType(typeName)
  if (members === undefined) return type
  if (type.kind === 'message') return shownAs(type, typeName, members)
  if (type.kind === 'list' && type.item.kind === 'message') {
    return { ...type, item: shownAs(type.item, typeName, members) }
  }
  return type
}
