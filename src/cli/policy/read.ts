import type { policyAsCode } from '../../serve.ts'
import { policyFailure } from '../failure.ts'

/** Everything of the house that these commands use; loaded late, for a wrong argument is answered without it. */
export const house = () => import('../../serve.ts')

/** @throws Failure with every problem of the file. */
export async function policyFrom(file: string): Promise<policyAsCode.Policy> {
  const { describeProblems, readPolicyFile } = await house()
  const read = readPolicyFile(file, { allowAll: true })
  if ('policy' in read) return read.policy
  throw policyFailure(describeProblems(file, read.problems).split('\n'))
}
