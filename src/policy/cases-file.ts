import { z } from 'zod'
import { ask, onBehalfOf } from './ask.ts'
import { type PolicyDocument, readDocument } from './document.ts'
import { hidden, pathName } from './load.ts'
import type { PolicyProblem } from './policy.ts'
import { knownFields } from './schema.ts'
import { nearest, quoted } from './text.ts'
import { channel, count, duration, groupName, id, mapping, text, userId, userIds } from './words.ts'

/** Cases beside a policy: asks, and what must become of each. */

const ids = z.array(id, { error: 'must be a list of rule ids' })

/** RFC 3339 with an offset, -> UTC milliseconds. */
const moment = text('must be a time with its offset, such as 2026-11-20T16:30:00+01:00', momentMs)

export function momentMs(written: string): number | null {
  const [, date = '', rest = ''] =
    /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))$/.exec(written) ?? []
  const day = Date.parse(`${date}T00:00:00Z`)
  const ms = Date.parse(`${date}T${rest}`)
  // The 30th of February would become another day.
  return Number.isNaN(ms) || !new Date(day).toISOString().startsWith(date) ? null : ms
}

const expectation = mapping({
  effect: z.enum(['allow', 'deny', 'require_approval'], { error: 'must be allow, deny or require_approval' }),
  rules: ids.optional(),
  requirements: z
    .array(mapping({ from: groupName, count: count('must be a whole number of at least 1', 100).default(1) }), {
      error: 'must be a list such as [{ from: sre, count: 1 }]',
    })
    .optional(),
  deny_count: count('must be a whole number of at least 1', 100).optional(),
  ttl: duration('30d').optional(),
  grant_ttl: duration('24h').optional(),
  channels: z.array(channel, { error: 'must be a list of channels' }).optional(),
  reason_required: z
    .array(z.enum(['approve', 'deny'], { error: 'must be approve or deny' }), {
      error: 'must be a list of approve and deny',
    })
    .optional(),
  must_show: z.array(z.string(), { error: 'must be a list of JSON Pointers' }).optional(),
  break_glass: z.union([groupName, z.literal(false)], { error: 'must be the name of a group, or false' }).optional(),
  excluded: userIds.optional(),
})

const oneCase = mapping({
  name: z.string({ error: 'must say what the case shows' }).min(1, { error: 'must not be empty' }),
  ask,
  at: moment.optional(),
  requester: mapping({
    client: z.string({ error: 'must be the name of a client' }).min(1, { error: 'must not be empty' }).optional(),
    verified_by: z.enum(['client_key', 'oidc'], { error: 'must be client_key or oidc' }).default('client_key'),
    owners: z.array(userId, { error: 'must be a list of Slack user ids' }).default([]),
    on_behalf_of: onBehalfOf.optional(),
  }).optional(),
  used_up: ids.default([]),
  expect: expectation,
})

const casesFile = z.array(oneCase, { error: 'must be a list of cases: - { name: …, ask: …, expect: … }' })

type Written = z.output<typeof oneCase>
export type Expectation = Written['expect']
export type PolicyCase = Written & {
  readonly line: number
  /** Where each id of `used_up` stands. */
  readonly usedUpAt: readonly Pick<PolicyProblem, 'line' | 'column'>[]
}

export type LoadedCases = { readonly cases: readonly PolicyCase[] } | { readonly problems: readonly PolicyProblem[] }

/** A file's text -> its cases, or every problem at once. YAML is read as strictly as the policy itself. */
export function parseCases(fileText: string): LoadedCases {
  const document = readDocument(fileText)
  const unread = [...hidden(fileText), ...document.problems]
  if (document.content === undefined) return { problems: unread }
  const read = casesFile.safeParse(document.content, { reportInput: true })
  const problems = [...unread, ...(read.error?.issues ?? []).flatMap((issue) => problemsOf(issue, document))]
  if (!read.success || problems.length > 0) {
    return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) }
  }
  const names = new Map<string, number>()
  const cases = read.data.map((each, i) => ({
    ...each,
    line: document.place([i], 'value').line,
    usedUpAt: each.used_up.map((_rule, k) => document.place([i, 'used_up', k], 'value')),
  }))
  const twice = cases.flatMap(({ name }, i) => {
    const earlier = names.get(name)
    names.set(name, earlier ?? i)
    if (earlier === undefined) return []
    return [problem(document, [i, 'name'], 'value', `cases[${earlier}] has this name already.`)]
  })
  return twice.length > 0 ? { problems: twice } : { cases }
}

function problemsOf(issue: z.core.$ZodIssue, document: PolicyDocument): readonly PolicyProblem[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = knownFields(path, casesFile)
      const near = nearest(key, known)
      const hint = near === null ? `known here are ${known.join(', ')}.` : `did you mean ${quoted(near)}?`
      return problem(document, [...path, key], 'key', `Unknown field ${quoted(key)} in ${nameOf(path)}: ${hint}`)
    })
  }
  const isMissing = document.place(path, 'value').state === 'missing'
  const message = `${nameOf(path)} ${isMissing ? 'is missing: it ' : ''}${issue.message}.`
  return [problem(document, path, 'value', message)]
}

const nameOf = (path: readonly PropertyKey[]): string => (path.length === 0 ? 'The file' : pathName(['cases', ...path]))

function problem(
  document: PolicyDocument,
  path: readonly PropertyKey[],
  which: 'key' | 'value',
  message: string,
): PolicyProblem {
  const { line, column } = document.place(path, which)
  return { line, column, message, level: 'error' }
}
