/** What a person does with a policy beside serving by it: check, explain, test, replay. Nothing is decided here. */

export { ask as askFile, asStored } from './ask.ts'
export { type CaseResult, runCases, unknownLimits } from './cases.ts'
export { momentMs } from './cases-file.ts'
export { type Explanation, explain } from './explain.ts'
export { type Behind, behind, type Candidate, candidates, couldFill, type Somebody } from './explain-people.ts'
export { readCasesFile } from './file.ts'
export { lint, placesInSlack } from './lint.ts'
export { wakes } from './lint-people.ts'
export type { Evaluation, Policy, PolicyProblem } from './policy.ts'
export { type Otherwise, Replay, type Replayed, requesterKeys } from './replay.ts'
export { durationWords, seatWords } from './say.ts'
