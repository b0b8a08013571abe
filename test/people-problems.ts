import { type Identity, samePerson, slackIdentity } from '../src/approval/principal.ts'
import type { ApprovalRequest, Decision } from '../src/approval/request.ts'
import { fulfilled } from '../src/approval/requirement.ts'

/** INV3 and INV7: nobody behind the ask, nobody twice, every seat filled by people or else a rule that allows. */
export function peopleProblems(request: ApprovalRequest): string[] {
  const standing = standingWords(request.decisions)
  const approvals = standing.words.filter(({ verdict }) => verdict === 'approve')
  const behind = new Set(request.closure)
  const problems = approvals
    .filter((said) => samePerson(accountsOf(said), behind))
    .map(({ approver }) => `INV3 ${approver.userId}, or whose seat that is, is behind it`)
  problems.push(...standing.problems, ...glassProblems(request, behind))
  if (request.status !== 'approved' || isGlassBroken(request)) return problems
  const isByPeople = request.outcome?.by === 'people'
  // A vote that was void by then (she had left, the delegation was over) may stand beside those that filled the seats.
  const seated = approvals.filter(({ approver }) => request.outcome?.approvers.includes(approver.userId))
  problems.push(...seatsTwice(seated))
  if (isByPeople && !fulfilled(request.policy.requirements, seated)) {
    problems.push('INV7 approved with an empty seat')
  }
  if (!isByPeople && request.policy.effect !== 'allow') problems.push('INV7 approved by nobody')
  return problems
}

/** Of each person her last word, where she has not taken it back. Nobody gives a second one beside it. */
function standingWords(decisions: readonly Decision[]): { words: readonly Decision[]; problems: string[] } {
  let words: readonly Decision[] = []
  const problems: string[] = []
  for (const said of decisions) {
    const who = new Set(said.approver.identities)
    const hers = words.filter((other) => samePerson(other.approver.identities, who))
    if (said.verdict === 'withdraw') {
      words = words.filter((other) => !samePerson(accountsOf(other), who))
    } else {
      if (hers.length > 0) problems.push(`INV3 ${said.approver.userId} is counted twice`)
      words = [...words, said]
    }
  }
  return { words, problems }
}

/** B32: a delegate and the person whose seat she fills are one vote, whichever of the two speaks. */
function seatsTwice(seated: readonly Decision[]): string[] {
  return seated.flatMap((said, i) => {
    const before = new Set(seated.slice(0, i).flatMap(accountsOf))
    return samePerson(accountsOf(said), before) ? [`INV3 ${said.approver.userId} is counted twice`] : []
  })
}

const accountsOf = ({ approver, delegatedBy, delegatorIdentities }: Decision): readonly Identity[] => [
  ...approver.identities,
  ...delegatorIdentities,
  ...(delegatedBy === null ? [] : [slackIdentity(delegatedBy)]),
]

const isGlassBroken = ({ outcome }: ApprovalRequest): boolean => outcome?.code === 'approved_break_glass'

/** One person, named, allowed to by the rule of the time, with a reason; and reviewed by somebody else. */
function glassProblems(request: ApprovalRequest, behind: ReadonlySet<Identity>): string[] {
  const { brokenGlass, outcome, policy } = request
  if (!brokenGlass) return isGlassBroken(request) ? ['INV7 approved by a broken glass that nobody broke'] : []
  const problems: string[] = []
  if (!policy.breakGlass) problems.push('INV7 the glass was broken where no rule allows it')
  if (!policy.breakGlass?.self && samePerson(brokenGlass.identities, behind)) {
    problems.push(`INV3 ${brokenGlass.userId} broke the glass and is behind it`)
  }
  if (isGlassBroken(request) && outcome?.approvers.join() !== brokenGlass.userId) {
    problems.push('INV7 a broken glass names another approver than broke it')
  }
  if (brokenGlass.review && samePerson([slackIdentity(brokenGlass.review.userId)], new Set(brokenGlass.identities))) {
    problems.push(`INV3 ${brokenGlass.userId} reviewed her own broken glass`)
  }
  return problems
}
