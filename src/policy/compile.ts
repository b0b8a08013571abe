import type { Identity } from '../approval/principal.ts'
import type { Group, Requirement } from '../approval/requirement.ts'
import type { Policy, Rule } from './policy.ts'
import { type PolicyFile, person } from './schema.ts'
import type { KnownPeople } from './sense.ts'

type Groups = Policy['groups']

/** The file as checked -> the policy as used: durations in milliseconds, names joined to what they name. */
export function compile(file: PolicyFile, source: { readonly text: string; readonly digest: string }): Policy {
  const groups: Groups = Object.fromEntries(Object.entries(file.groups).map(([name, group]) => [name, groupOf(group)]))
  return {
    digest: source.digest,
    text: source.text,
    slack: { channel: file.slack.channel, auditChannel: file.slack.audit_channel ?? null },
    admins: file.admins,
    groups,
    people: file.people.map(identitiesOf),
    defaults: {
      effect: file.defaults.effect,
      approvals: requirementsOf(file.defaults.approvals, groups),
      ttlMs: file.defaults.ttl,
      grantTtlMs: file.defaults.grant_ttl,
    },
    rules: file.rules.map((rule) => ruleOf(rule, groups)),
    limits: {
      requestsPerMinute: file.limits.requests_per_minute,
      pendingPerClient: file.limits.pending_per_client,
    },
    redact: file.redact.map((name) => name.toLowerCase()),
  }
}

/** Each entry of `people` by itself, so that one wrong entry does not hide what the others say. */
export function peopleOf(content: unknown): KnownPeople {
  const people = typeof content === 'object' && content !== null && 'people' in content ? content.people : []
  if (!Array.isArray(people)) return []
  return people.map((entry) => {
    const read = person.safeParse(entry)
    return read.success ? identitiesOf(read.data) : null
  })
}

const identitiesOf = ({ slack, emails, github, gitlab, os }: PolicyFile['people'][number]): readonly Identity[] => [
  ...new Set([...slack, ...emails, ...github, ...gitlab, ...os]),
]

function groupOf({ usergroup, users }: PolicyFile['groups'][string]): Group {
  return usergroup === undefined ? { users: users ?? [] } : { usergroup }
}

function requirementsOf(approvals: PolicyFile['defaults']['approvals'], groups: Groups): readonly Requirement[] {
  return approvals.map(({ from, count }) => {
    const group = Object.hasOwn(groups, from) ? groups[from] : undefined
    if (!group) throw new Error(`A policy with the unknown group ${from} passed its checks`)
    return { from, count, group }
  })
}

function ruleOf(rule: PolicyFile['rules'][number], groups: Groups): Rule {
  const { action, resource, environment } = rule.match
  return {
    id: rule.id,
    match: {
      ...(action && { action }),
      ...(resource && { resource }),
      ...(environment && { environment }),
    },
    effect: rule.effect,
    approvals: requirementsOf(rule.approvals, groups),
    denyCount: rule.deny_count ?? null,
    ttlMs: rule.ttl ?? null,
    grantTtlMs: rule.grant_ttl ?? null,
    channel: rule.channel ?? null,
    reasonRequired: (['approve', 'deny'] as const).filter((verdict) => rule.reason_required.includes(verdict)),
  }
}
