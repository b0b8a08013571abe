import { evaluate } from '../src/policy/evaluate.ts'
import { parsePolicy } from '../src/policy/load.ts'
import type { Policy, Subject } from '../src/policy/policy.ts'

/** What a policy of many rules costs: every rule has a condition and globs, a third of them a window. */
export interface PolicyCosts {
  readonly rules: number
  readonly loadMs: number
  /** Asks that one rule in a hundred matches, as teams write rules. */
  readonly evaluateUs: number
  /** Asks whose action every rule names: each condition is evaluated. */
  readonly worstUs: number
}

export function policyCosts(rules: number): PolicyCosts {
  const many = load(rules, (i) => `team-${i % 100}.export`)
  const same = load(rules, () => 'data.export')
  return {
    rules,
    loadMs: Math.min(many.loadMs, same.loadMs),
    evaluateUs: median(many.policy, 'team-7.export'),
    worstUs: median(same.policy, 'data.export'),
  }
}

function load(rules: number, action: (i: number) => string): { policy: Policy; loadMs: number } {
  const text = `version: 1
slack: { channel: C0APPROVALS }
groups: { sre: { users: [U0BOB, U0CAROL] } }
defaults: { zone: Europe/Berlin }
rules:
${Array.from({ length: rules }, (_, i) => ruleText(i, action(i))).join('\n')}
`
  const started = performance.now()
  const loaded = parsePolicy(text)
  const loadMs = performance.now() - started
  if ('problems' in loaded) throw new Error(loaded.problems[0]?.message)
  return { policy: loaded.policy, loadMs }
}

const ruleText = (i: number, action: string): string =>
  `- { id: rule-${i}, match: { action: ${action}, environment: "prod*" }, effect: require_approval, ` +
  `when: 'params.rows > ${1000 + i} && params.target.startsWith("s3://bucket-${i % 10}") || context.risk == "high"', ` +
  `${i % 3 === 0 ? 'during: { days: [fri], from: "16:00", outside: true }, ' : ''}approvals: [{ from: sre }] }`

const NOON = Date.parse('2026-11-17T12:00:00Z')

/** Microseconds for one ask, the median of many. */
function median(policy: Policy, action: string): number {
  const times = Array.from({ length: 200 }, (_, i) => {
    const subject: Subject = {
      ask: {
        action,
        environment: 'production',
        params: { rows: 1000 + i * 10, target: `s3://bucket-${i % 10}/x.csv` },
      },
      requester: { client: { id: 'ci', name: 'CI' }, verifiedBy: 'client_key' },
    }
    const started = performance.now()
    evaluate(policy, subject, { nowMs: NOON + i })
    return (performance.now() - started) * 1000
  })
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0
}
