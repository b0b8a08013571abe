import type { Identity } from '../approval/principal.ts'
import type { Group, Requirement } from '../approval/requirement.ts'
import { fieldsOf, get, itemsOf } from './content.ts'
import { issuerOf, urlOf } from './issuer.ts'
import type { Policy, Rule } from './policy.ts'
import type { PolicyFile } from './schema.ts'
import { person } from './schema-people.ts'
import type { WindowFile } from './schema-rule.ts'
import type { KnownPeople } from './sense.ts'
import type { Window } from './window.ts'

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
    people: file.people.map((entry) => identitiesOf(entry, file.issuers)),
    unresolvedRequester: file.unresolved_requester,
    issuers: file.issuers.map(issuerOf),
    defaults: {
      effect: file.defaults.effect,
      approvals: requirementsOf(file.defaults.approvals, groups),
      ttlMs: file.defaults.ttl,
      grantTtlMs: file.defaults.grant_ttl,
    },
    rules: file.rules.map((rule) => ruleOf(rule, groups, file.defaults.zone)),
    limits: {
      requestsPerMinute: file.limits.requests_per_minute,
      pendingPerClient: file.limits.pending_per_client,
    },
    redact: file.redact.map((name) => name.toLowerCase()),
  }
}

/** Each entry of `people` by itself, so that one wrong entry does not hide what the others say. */
export function peopleOf(content: unknown): KnownPeople {
  const issuers = itemsOf(get(content, 'issuers')).map(fieldsOf)
  return itemsOf(get(content, 'people')).map((entry) => {
    const read = person.safeParse(entry)
    return read.success ? identitiesOf(read.data, issuers) : null
  })
}

type Issuers = Parameters<typeof urlOf>[1]

function identitiesOf(entry: PolicyFile['people'][number], issuers: Issuers): readonly Identity[] {
  const { slack, emails, github, github_ids, gitlab, gitlab_ids, oidc, os } = entry
  const subjects = oidc.map(({ issuer, subject }): Identity => `oidc:${urlOf(issuer, issuers)}|${subject}`)
  return [...new Set([...slack, ...emails, ...github, ...github_ids, ...gitlab, ...gitlab_ids, ...subjects, ...os])]
}

function groupOf({ usergroup, users }: PolicyFile['groups'][string]): Group {
  return usergroup === undefined ? { users: users ?? [] } : { usergroup }
}

function named(name: string, groups: Groups): Group {
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined
  if (!group) throw new Error(`A policy with the unknown group ${name} passed its checks`)
  return group
}

const requirementsOf = (approvals: PolicyFile['defaults']['approvals'], groups: Groups): readonly Requirement[] =>
  approvals.map(({ from, count }) => ({ from, count, group: named(from, groups) }))

function ruleOf(rule: PolicyFile['rules'][number], groups: Groups, zone: string | undefined): Rule {
  const { action, resource, environment } = rule.match
  const glass = rule.break_glass
  return {
    id: rule.id,
    match: {
      ...(action && { action }),
      ...(resource && { resource }),
      ...(environment && { environment }),
    },
    when: rule.when ?? null,
    during: (rule.during ?? []).map((window) => windowOf(window, zone)),
    effect: rule.effect,
    limit: rule.limit ? { most: rule.limit.count, perMs: rule.limit.per } : null,
    approvals: requirementsOf(rule.approvals, groups),
    lateJoiners: rule.late_joiners ?? null,
    mustShow: rule.must_show,
    breakGlass: glass
      ? { from: glass.from, group: named(glass.from, groups), grantTtlMs: glass.grant_ttl ?? null, self: glass.self }
      : null,
    denyCount: rule.deny_count ?? null,
    ttlMs: rule.ttl ?? null,
    grantTtlMs: rule.grant_ttl ?? null,
    channel: rule.channel ?? null,
    reasonRequired: (['approve', 'deny'] as const).filter((verdict) => rule.reason_required.includes(verdict)),
  }
}

const MIDNIGHT = 24 * 60

function windowOf({ days, from, to, dates, zone, outside }: WindowFile, otherwise: string | undefined): Window {
  const there = zone ?? otherwise
  if (there === undefined) throw new Error('A window without a time zone passed its checks')
  return {
    days: days ?? [],
    hours: from === undefined && to === undefined ? null : { from: from ?? 0, to: to ?? MIDNIGHT },
    dates: dates ? { from: dates.from ?? null, to: dates.to ?? null } : null,
    outside,
    zone: there,
  }
}
