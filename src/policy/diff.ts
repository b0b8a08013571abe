import canonicalize from 'canonicalize'
import { createTwoFilesPatch } from 'diff'
import type { Policy } from './policy.ts'

/** What a Slack message of ours may hold, with room for the sentences around it. */
const LONGEST = 2_000
/** Lines changed beyond which nobody reads a diff, and working it out would hold up the deciding process. */
const MOST_CHANGES = 1_000
/** And no longer than this in any case: a policy may have four megabytes. */
const MOST_MS = 100
/** Taking a text apart has no such end. */
const MOST_LINES = 100_000

/** The change of a policy's text as a unified diff, cut at whole lines; it says how much is left out. */
export function policyDiff(before: string, after: string): string {
  if (lineCount(before) > MOST_LINES || lineCount(after) > MOST_LINES) return '(more lines than can be compared)'
  const patch = createTwoFilesPatch('before', 'after', before, after, undefined, undefined, {
    context: 2,
    maxEditLength: MOST_CHANGES,
    timeout: MOST_MS,
  })
  if (patch === undefined) return '(more is changed than can be shown)'
  const lines = patch
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(?:={10,}$|--- before|\+\+\+ after|\\ No newline)/.test(line))
  let room = LONGEST
  const fits = lines.findIndex((line) => {
    room -= line.length + 1
    return room < 0
  })
  if (fits === -1) return lines.join('\n')
  const left = lines.length - fits
  return [...lines.slice(0, fits), `(… and ${left} more ${left === 1 ? 'line' : 'lines'})`].join('\n')
}

function lineCount(text: string): number {
  let count = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}

const PARTS = [
  ['slack', 'channels'],
  ['admins', 'admins'],
  ['groups', 'groups'],
  ['people', 'people'],
  ['issuers', 'issuers'],
  ['unresolvedRequester', 'unresolved_requester'],
  ['defaults', 'defaults'],
  ['limits', 'limits'],
  ['redact', 'redact'],
] as const

/** Which parts differ in what they mean, by name: a diff may be long, and this is what must not be overlooked. */
export function changedParts(before: Policy, after: Policy): readonly string[] {
  const [old, fresh] = [byId(before), byId(after)]
  const ids = new Set([...old.keys(), ...fresh.keys()])
  const named = (words: string, which: (id: string) => boolean): string[] => {
    const found = [...ids].filter(which)
    return found.length === 0 ? [] : [`${words} ${found.slice(0, 20).join(', ')}${found.length > 20 ? ', …' : ''}`]
  }
  return [
    ...named('new rules', (id) => !old.has(id)),
    ...named('changed rules', (id) => old.has(id) && fresh.has(id) && old.get(id) !== fresh.get(id)),
    ...named('removed rules', (id) => !fresh.has(id)),
    ...PARTS.filter(([part]) => meaning(before[part]) !== meaning(after[part])).map(([, name]) => `changed ${name}`),
  ]
}

const byId = ({ rules }: Policy) => new Map(rules.map((rule) => [rule.id, meaning(rule)]))

/** Of a condition its text is what it means; how it runs is no part of it. */
const meaning = (part: unknown): string =>
  canonicalize(
    JSON.parse(
      JSON.stringify(part, (key, value) => (key === 'when' && value !== null ? value.source : value)) ?? 'null',
    ),
  ) ?? ''
