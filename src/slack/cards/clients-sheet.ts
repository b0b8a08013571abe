import type { Client } from '../../approval/principal.ts'
import { date, people } from './people.ts'
import { line, ours, type Rendered, rich, small, word } from './rich.ts'
import { inertLine } from './text.ts'

export interface ListedClient {
  readonly client: Client
  /** UTC milliseconds; null where its key was never used. */
  readonly lastUsedAtMs: number | null
}

/** Who may ask, for admins. @param clients those to show, fifteen at most. @param count of all there are. */
export function clientsSheet(clients: readonly ListedClient[], count: number, nowMs: number): Rendered {
  if (count === 0) return { text: 'There are no clients.', blocks: [ours('There are no clients.')] }
  const more = count > clients.length ? `${count - clients.length} more: ` : ''
  return {
    text: `Clients: ${count}`,
    blocks: [
      ours('*Clients*'),
      ...clients.flatMap((each) => [
        rich(
          line(
            word(inertLine(each.client.name, 120), 'bold'),
            word(` ${inertLine(each.client.id, 80)}`),
            word(`\n${may(each.client)}`),
          ),
        ),
        small(standing(each, nowMs)),
      ]),
      small(`${more}\`countersign clients list\` on the machine shows everything of each.`),
    ],
  }
}

function may({ scopes, actFor, actions, environments, ipRanges }: Client): string {
  const parts = [
    `scopes ${scopes.join(', ')}`,
    ...(actFor ? ['acts for others'] : []),
    ...(actions ? [`actions ${actions.join(', ')}`] : []),
    ...(environments ? [`environments ${environments.join(', ')}`] : []),
    ...(ipRanges.length > 0 ? [`from ${ipRanges.join(', ')}`] : []),
  ]
  return inertLine(parts.join(' · '), 300)
}

function standing({ client, lastUsedAtMs }: ListedClient, nowMs: number): string {
  const owners = `Owners: ${people(client.owners.slice(0, 10))}`
  const used = lastUsedAtMs === null ? 'never used' : `last used ${date(lastUsedAtMs)}`
  return [owners, used, endOf(client, nowMs)].join(' · ')
}

function endOf({ expiresAtMs, revokedAtMs, previous }: Client, nowMs: number): string {
  if (revokedAtMs !== null) return `*revoked* ${date(revokedAtMs)}`
  const overlap = previous && previous.untilMs > nowMs ? `, the key before works until ${date(previous.untilMs)}` : ''
  if (expiresAtMs === null) return `never expires${overlap}`
  return nowMs < expiresAtMs ? `expires ${date(expiresAtMs)}${overlap}` : `*expired* ${date(expiresAtMs)}`
}
