import { type Flaw, warning } from './content.ts'
import { readDocument } from './document.ts'
import { peopleWarnings } from './lint-people.ts'
import { ruleWarnings } from './lint-rules.ts'
import { timeWarnings } from './lint-time.ts'
import type { Policy, PolicyProblem } from './policy.ts'

/** What the linter may know beside the file. */
export interface Surroundings {
  readonly nowMs: number
  /** Members of Slack user groups by the group's id, as far as they were read. */
  readonly members: ReadonlyMap<string, readonly string[]>
}

/**
 * What is allowed to stand in a policy and is probably not meant: rules that never add anything, denies that a spelling
 * goes around, seats that nobody can fill, hours that never come. Warnings alone, in the order of the file.
 */
export function lint(policy: Policy, surroundings: Surroundings): readonly PolicyProblem[] {
  return placed(policy, [
    ...ruleWarnings(policy),
    ...timeWarnings(policy, surroundings.nowMs),
    ...peopleWarnings(policy, surroundings.members),
  ])
}

/** What Slack said of channels and groups that the policy names, at their places in the file. */
export function placesInSlack(
  policy: Policy,
  said: { readonly channels: ReadonlyMap<string, string>; readonly usergroups: ReadonlyMap<string, string> },
): readonly PolicyProblem[] {
  const { slack, groups, rules } = policy
  const flaws: Flaw[] = []
  const tell = (path: Flaw['path'], message: string | undefined): void => {
    if (message !== undefined) flaws.push(warning(path, message))
  }
  const channel = (path: Flaw['path'], name: string | null) => name !== null && tell(path, said.channels.get(name))
  channel(['slack', 'channel'], slack.channel)
  channel(['slack', 'audit_channel'], slack.auditChannel)
  rules.forEach((rule, i) => {
    channel(['rules', i, 'channel'], rule.channel)
  })
  for (const [name, group] of Object.entries(groups)) {
    if ('usergroup' in group) tell(['groups', name, 'usergroup'], said.usergroups.get(group.usergroup))
  }
  return placed(policy, flaws)
}

function placed({ text }: Policy, flaws: readonly Flaw[]): readonly PolicyProblem[] {
  const { place } = readDocument(text)
  return flaws
    .map(({ path, message, at, level }) => {
      const { line, column } = place(path, at)
      return { line, column, message, level }
    })
    .sort((a, b) => a.line - b.line || a.column - b.column)
}
