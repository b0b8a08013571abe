import { oneLine } from '../../approval/one-line.ts'
import type { policyAsCode } from '../../serve.ts'
import { stamp } from '../times.ts'
import type { Explained } from './explain.ts'

/** An explanation as people read it, and as programs do. */

type Words = Pick<typeof policyAsCode, 'durationWords' | 'seatWords'>

const MARKS = {
  applies: 'applies       ',
  no_match: 'does not match',
  not_at_this_time: 'not now       ',
  when_false: 'condition no  ',
  when_failed: 'CANNOT JUDGE  ',
} as const

export function explainedLines(answer: Explained, words: Words): readonly string[] {
  const { explanation, paused } = answer
  return [
    headline(answer),
    ...(paused === null ? [] : [`Everything is paused ${paused}. Until an admin resumes, nobody can approve.`]),
    '',
    ...pinned(answer, words),
    'Rules:',
    ...rules(explanation),
    ...terms(answer, words),
    ...people(answer, words),
  ].map(oneLine)
}

/** What nobody could approve is refused before anybody is asked, whatever the rules ask for. */
const headline = ({ explanation: { evaluation, summary }, question: { request }, who }: Explained): string =>
  request === null && evaluation.effect === 'require_approval' && who.couldBeFilled === false
    ? `Refused (no_eligible_approver), for nobody could fill the seats. ${summary}`
    : summary

/** More rules than these, and those about something else are only counted. */
const SHOWN = 20

function rules({ rules: all }: policyAsCode.Explanation): readonly string[] {
  if (all.length === 0) return ['  the policy has none']
  const shown = all.length > SHOWN ? all.filter(({ answer }) => answer !== 'no_match') : all
  const rest = all.length - shown.length
  return [
    ...shown.flatMap(({ rule, answer, says, why }) => [
      `  ${MARKS[answer]}  ${rule}${says === null ? '' : `: ${says}`}`,
      ...why.map((reason) => `                    ${reason}`),
    ]),
    ...(rest > 0 ? [`  ${MARKS.no_match}  ${rest} other rules (--json has them)`] : []),
  ]
}

function pinned({ question: { request } }: Explained, { seatWords }: Words): readonly string[] {
  if (!request) return []
  const { policy, status } = request
  const needs = policy.effect === 'require_approval' ? `: ${seatWords(policy.requirements)}` : ''
  return [
    `Request ${request.id} is ${status}. When it was opened, at ${stamp(request.createdAtMs)}, the policy ${policy.digest}`,
    `said ${policy.effect}${needs} (${policy.rules.length === 0 ? 'no rule' : policy.rules.join(', ')}). ` +
      'A pending request is judged by the stricter of that and the policy in force.',
    '',
  ]
}

function terms({ explanation }: Explained, { durationWords }: Words): readonly string[] {
  const { effect, ttlMs, grantTtlMs, denyCount, reasonRequired, channels, mustShow, breakGlass, limits } =
    explanation.evaluation
  if (effect === 'deny') return []
  const told = [
    effect === 'allow'
      ? ''
      : `people have ${durationWords(ttlMs)}; ${denyCount === 1 ? 'one deny ends it' : `${denyCount} denies end it`}`,
    `the yes may be used for ${durationWords(grantTtlMs)}`,
    reasonRequired.length === 0 ? '' : `a reason is needed to ${reasonRequired.join(' and to ')}`,
    effect === 'allow' ? '' : `announced in ${channels.join(', ')}`,
    mustShow.length === 0 ? '' : `the asker may not mask ${mustShow.join(', ')}`,
    breakGlass === null ? '' : `${breakGlass.from} may break the glass, for ${durationWords(breakGlass.grantTtlMs)}`,
    ...limits.map(
      ({ rule, most, perMs }) => `${rule} allows at most ${most} in ${durationWords(perMs)} for each requester`,
    ),
  ].filter((term) => term !== '')
  return ['', 'Terms:', ...told.map((term) => `  ${term}`)]
}

function people({ who }: Explained, { seatWords }: Words): readonly string[] {
  if (who.requirements.length === 0) return []
  const could = who.candidates.filter(({ excluded }) => excluded === null)
  const cannot = who.candidates.filter(({ excluded }) => excluded !== null)
  const lines = (list: typeof could) =>
    list.map(({ userId, name, groups, onBehalfOf, excluded }) => {
      const label = name === null ? userId : `${name} (${userId})`
      const seat = onBehalfOf === null ? groups.join(', ') : `${groups.join(', ')} for ${onBehalfOf}`
      return `  ${label}, ${seat}${excluded === null ? '' : `: ${excluded}`}`
    })
  const count = who.requirements.reduce((sum, each) => sum + each.count, 0)
  const never = who.couldBeFilled === false ? [NEVER] : []
  return [
    '',
    `Needed to say yes: ${seatWords(who.requirements)}${count > 1 ? ', each another person' : ''}.`,
    ...never,
    'Who could approve:',
    ...(could.length === 0 ? ['  nobody who is known'] : lines(could)),
    ...who.notRead.map((group) => `  whoever is in ${group}: Slack was not asked`),
    ...(cannot.length === 0 ? [] : ['Who cannot:', ...lines(cannot)]),
    ...(who.behind.length === 0
      ? ['Nobody is known to stand behind the ask: add --owner or --as-client.']
      : ['Behind the ask, and so never counted:', ...who.behind.map((b) => `  ${b.identity} ${b.because}`)]),
  ]
}

const NEVER = 'The seats cannot be filled by those who could approve: such an ask is refused (no_eligible_approver).'

export function explainedJson(answer: Explained, duration: Words['durationWords']) {
  const { file, policy, atMs, question, explanation, who, paused } = answer
  const { evaluation, rules } = explanation
  return {
    file,
    digest: policy.digest,
    at: stamp(atMs),
    summary: headline(answer),
    effect: evaluation.effect,
    only_now: evaluation.onlyNow,
    rules,
    requirements: bare(evaluation.requirements),
    deny_count: evaluation.denyCount,
    ttl: duration(evaluation.ttlMs),
    grant_ttl: duration(evaluation.grantTtlMs),
    channels: evaluation.channels,
    reason_required: evaluation.reasonRequired,
    must_show: evaluation.mustShow,
    break_glass: evaluation.breakGlass && {
      from: evaluation.breakGlass.from,
      grant_ttl: duration(evaluation.breakGlass.grantTtlMs),
    },
    limits: evaluation.limits.map(({ rule, most, perMs }) => ({ rule, count: most, per: duration(perMs) })),
    ask: question.ask,
    request: question.request && {
      id: question.request.id,
      status: question.request.status,
      policy_digest: question.request.policy.digest,
      effect: question.request.policy.effect,
      requirements: bare(question.request.policy.requirements),
    },
    paused,
    needed_now: bare(who.requirements),
    could_be_filled: who.couldBeFilled,
    groups_not_read: who.notRead,
    approvers: who.candidates.map(({ userId, name, groups, onBehalfOf, excluded }) => ({
      slack_user_id: userId,
      name,
      groups,
      for: onBehalfOf,
      could_approve: excluded === null,
      because: excluded,
    })),
    behind: who.behind,
  }
}

const bare = (requirements: policyAsCode.Evaluation['requirements']) =>
  requirements.map(({ from, count }) => ({ from, count }))
