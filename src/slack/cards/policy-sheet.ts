import type { KnownBlock } from '@slack/types'
import type { Policy, Rule } from '../../policy/policy.ts'
import { date, duration, ourWords, people } from './people.ts'
import { line, ours, type Rendered, rich, small, word } from './rich.ts'
import { inert, inertLine } from './text.ts'

const RULES = 30
const RULE = 200

/** A changed file that was not taken. */
export interface FailedReload {
  readonly atMs: number
  readonly problems: readonly string[]
  /** A later file was taken. */
  readonly isMended: boolean
}

export interface PolicyContent {
  readonly policy: Policy
  /** When it came into force; null where the log does not tell. */
  readonly sinceMs: number | null
  readonly failed: FailedReload | null
}

/** The policy in force, for admins: its digest, since when, each rule in a line, and the last file that was not taken. */
export function policySheet({ policy, sinceMs, failed }: PolicyContent): Rendered {
  const { rules, defaults, digest } = policy
  const shown = rules.slice(0, RULES)
  const since = sinceMs === null ? '' : ` since ${date(sinceMs)}`
  const otherwise = defaults.effect === 'deny' ? 'denied' : `asks ${seatsOf(defaults.approvals)}`
  const blocks: KnownBlock[] = [
    ours(`*Policy in force*${since}\n\`${ourWords(digest, 80)}\`\nAdmins: ${people(policy.admins)}`),
    ...(shown.length === 0
      ? [ours('There are no rules.')]
      : [
          rich(
            line(
              ...shown.flatMap((rule, i) => [
                word(`${i === 0 ? '' : '\n'}${inertLine(rule.id, 80)}: `, 'bold'),
                word(ruleLine(rule)),
              ]),
            ),
          ),
        ]),
    ...(rules.length > shown.length ? [small(`and ${rules.length - shown.length} more rules, see the file`)] : []),
    small(`Whatever no rule speaks of: ${ourWords(otherwise, RULE)}`),
    ...(failed ? failedBlocks(failed) : []),
  ]
  return { text: `Policy in force: ${ourWords(digest, 80)}, ${rules.length} rules`, blocks }
}

function failedBlocks({ atMs, problems, isMended }: FailedReload): KnownBlock[] {
  const fate = isMended ? 'A later file was taken.' : '*The file on the disk is not in force.*'
  return [
    ours(`*Last file that was not taken* · ${date(atMs)}. ${fate}`),
    rich(line(word(inert(problems.join('\n'), 1_500, 10)))),
  ]
}

/** What it applies to and what it says, in one line of text. */
function ruleLine(rule: Rule): string {
  const { match, when, during, lateJoiners, breakGlass } = rule
  const on = (['action', 'resource', 'environment'] as const).flatMap((name) => {
    const globs = match[name]
    return globs ? [`${name} ${globs.join(' or ')}`] : []
  })
  const extras = [
    ...(when ? [`when ${when.source}`] : []),
    ...(during.length > 0 ? ['at certain times'] : []),
    ...(lateJoiners === false ? ['no late joiners'] : []),
    ...(breakGlass ? [`break-glass: ${breakGlass.from}`] : []),
  ]
  return inertLine([effectOf(rule), on.length === 0 ? 'everything' : on.join(', '), ...extras].join(' · '), RULE)
}

function effectOf({ effect, approvals, limit }: Rule): string {
  if (effect === 'deny') return 'deny'
  if (effect === 'require_approval') return seatsOf(approvals)
  return limit ? `allow ${limit.most} in ${duration(limit.perMs)}, then ${seatsOf(approvals)}` : 'allow'
}

const seatsOf = (approvals: Rule['approvals']): string =>
  approvals.map(({ from, count }) => `${count} from ${from}`).join(' and ')
