import type { Check, TamperHow } from '../wire.ts'

export function checkSentence(check: Check): string {
  if (check.whole) return `Verified: all ${check.entries} entries are as they were written.`
  const problem = check.problem.replace(/\.$/, '')
  const saysWhich = check.seq === null || problem.startsWith(`entry ${check.seq} `)
  return saysWhich ? `Tampered: ${problem}.` : `Tampered: entry ${check.seq}: ${problem}.`
}

/** Why a change of that kind cannot stay hidden. */
export const WHY: Readonly<Record<TamperHow, string>> = {
  'rewrite-approver': 'The envelope holds the digest of the body as it was written. The changed body has another one.',
  'change-an-ask': 'The envelope holds the digest of the body as it was written. The changed body has another one.',
  'delete-entry': 'Entries are numbered without gaps, and every one of them is a leaf of the tree.',
  'cover-tracks': 'The entry fits itself again, but all entries together no longer give the root of the tree.',
}

const TYPES: Readonly<Record<string, string>> = {
  'request.opened': 'Asked',
  'request.approved': 'Approved',
  'request.denied': 'Denied',
  'request.expired': 'Expired',
  'request.cancelled': 'Withdrawn',
  'decision.recorded': 'Answer recorded',
  'decision.refused': 'Answer refused',
  'grant.consumed': 'Used, once',
  'grant.refused': 'Use refused',
  'grant.completed': 'Result reported',
  'policy.loaded': 'Policy loaded',
  'policy.reload_failed': 'Policy not readable',
  'client.created': 'Client created',
  'client.rotated': 'Client key changed',
  'client.revoked': 'Client revoked',
  'clock.jump': 'Clock jumped',
  'admin.refused': 'Order refused',
  'admin.ask_refused': 'Ask refused',
}

/** A type in plain words; one that is new to this page stays as it is. */
export const typeInWords = (type: string): string => TYPES[type] ?? type

/** `slack:T…:U…` -> the person; null for a client, whose name stands in the summary. */
export function actorInWords(
  actor: string,
  people: readonly { readonly id: string; readonly real_name: string }[],
): string | null {
  const [kind, ...rest] = actor.split(':')
  const id = rest.at(-1) ?? ''
  if (kind === 'slack') return people.find((person) => person.id === id)?.real_name ?? id
  if (kind === 'client') return null
  if (kind === 'policy') return 'the policy'
  return kind === 'system' ? 'Countersign' : actor
}
