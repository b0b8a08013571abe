import { stateOf } from '../approval/client.ts'
import type { Client } from '../approval/principal.ts'
import { span, stamp } from './times.ts'

/** A client as the command line shows it: for people and for programs, never with a secret or its hash. */
export interface ShownClient {
  readonly client: Client
  /** UTC milliseconds; null where its key was never used. */
  readonly lastUsedAtMs: number | null
}

export function clientJson({ client, lastUsedAtMs }: ShownClient, nowMs: number) {
  const { id, name, owners, makers, scopes, actFor, actions, environments, ipRanges } = client
  return {
    id,
    name,
    state: stateOf(client, nowMs),
    owners,
    makers,
    scopes,
    act_for: actFor,
    actions,
    environments,
    ip_ranges: ipRanges,
    created_at: stamp(client.createdAtMs),
    expires_at: orNull(client.expiresAtMs),
    last_used_at: orNull(lastUsedAtMs),
    previous_key_until: orNull(overlapMs(client, nowMs)),
    revoked_at: orNull(client.revokedAtMs),
  }
}

/** What a list holds of it: who answers for it, what it may, and what somebody should look at. */
export function clientLines({ client, lastUsedAtMs }: ShownClient, nowMs: number): string {
  const { id, name, owners, makers } = client
  return [
    `${id}  ${name}  ${stateLine(client, nowMs)}`,
    `  owners ${owners.join(', ')}; makers ${makers.join(', ')}`,
    `  ${mayLine(client)}`,
    `  ${usedLine(lastUsedAtMs, nowMs)}`,
  ].join('\n')
}

/** Everything of one client, a line for each thing. */
export function clientSheet({ client, lastUsedAtMs }: ShownClient, nowMs: number): string {
  const until = overlapMs(client, nowMs)
  const lines: readonly (readonly [string, string])[] = [
    ['id', client.id],
    ['name', client.name],
    ['state', stateLine(client, nowMs)],
    ['owners', client.owners.join(', ')],
    ['makers', client.makers.join(', ')],
    ['scopes', client.scopes.join(', ')],
    ['acts for', client.actFor ? 'whom it names in requester.on_behalf_of' : 'nobody'],
    ['actions', client.actions?.join(', ') ?? 'any'],
    ['environments', client.environments?.join(', ') ?? 'any, or none'],
    ['addresses', client.ipRanges.join(', ') || 'any'],
    ['created', stamp(client.createdAtMs)],
    ['expires', client.expiresAtMs === null ? 'never' : stamp(client.expiresAtMs)],
    ['use', usedLine(lastUsedAtMs, nowMs)],
    ['key before', until === null ? 'none works' : `works until ${stamp(until)}`],
  ]
  return lines.map(([label, value]) => `${`${label}:`.padEnd(14)}${value}`).join('\n')
}

function stateLine(client: Client, nowMs: number): string {
  const { expiresAtMs, revokedAtMs } = client
  if (revokedAtMs !== null) return `revoked at ${stamp(revokedAtMs)}`
  if (expiresAtMs === null) return 'active, never expires'
  if (nowMs >= expiresAtMs) return `EXPIRED ${span(nowMs - expiresAtMs)} ago`
  const left = `in ${span(expiresAtMs - nowMs)}`
  return stateOf(client, nowMs) === 'expiring' ? `EXPIRES ${left}` : `active, expires ${left}`
}

function mayLine({ scopes, actFor, actions, environments, ipRanges }: Client): string {
  return [
    `scopes ${scopes.join(', ')}${actFor ? ' and to act for others' : ''}`,
    ...(actions ? [`actions ${actions.join(', ')}`] : []),
    ...(environments ? [`environments ${environments.join(', ')}`] : []),
    ...(ipRanges.length > 0 ? [`from ${ipRanges.join(', ')}`] : []),
  ].join('; ')
}

const usedLine = (lastUsedAtMs: number | null, nowMs: number): string =>
  lastUsedAtMs === null ? 'never used' : `last used ${span(nowMs - lastUsedAtMs)} ago`

/** Until when the key before the last rotation works; null where it does not. */
const overlapMs = ({ previous, revokedAtMs }: Client, nowMs: number): number | null =>
  previous && previous.untilMs > nowMs && revokedAtMs === null ? previous.untilMs : null

const orNull = (ms: number | null): string | null => (ms === null ? null : stamp(ms))
