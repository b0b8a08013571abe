import { resolve } from 'node:path'
import { readEnvironment } from '../config/environment.ts'
import { type Config, type ConfigProblem, readConfig, type Secrets } from '../config.ts'
import { Failure, policyFailure } from './failure.ts'

export interface Settings {
  readonly config: Config
  readonly secrets: Secrets
  readonly warnings: readonly ConfigProblem[]
}

/** "NAME is … Write …" */
export const sentence = ({ variable, problem, instead }: ConfigProblem): string =>
  `${variable} ${problem}. Write: ${instead}`

/** The settings of this process, `.env` included, or everything that is wrong with them. */
export function lookAtSettings(
  need: 'server' | 'database',
): Settings | { readonly problems: readonly ConfigProblem[] } {
  const { env, problems } = readEnvironment(process.cwd(), process.env)
  const read = readConfig(env, { need })
  if ('problems' in read) return { problems: [...problems, ...read.problems] }
  return problems.length > 0 ? { problems } : read
}

/** What a command needs that works on the database alone. Warnings go to stderr. */
export function databaseSettings(): Config {
  const read = lookAtSettings('database')
  if ('problems' in read) throw configFailure(read.problems)
  for (const warning of read.warnings) process.stderr.write(`warning: ${sentence(warning)}\n`)
  return read.config
}

export async function serverSettings(): Promise<Settings> {
  const read = lookAtSettings('server')
  if (!('problems' in read)) return read
  throw configFailure(read.problems, await policyProblems(read.problems))
}

/** Where the settings are wrong anyway, the policy is looked at too: one start tells of every problem. */
async function policyProblems(known: readonly ConfigProblem[]): Promise<readonly string[]> {
  if (known.some(({ variable }) => variable === 'POLICY_FILE')) return []
  const { describeProblems, readPolicyFile } = await import('../serve.ts')
  const path = resolve(readEnvironment(process.cwd(), process.env).env.POLICY_FILE || './policy.yaml')
  const read = readPolicyFile(path)
  return 'problems' in read ? describeProblems(path, read.problems).split('\n') : []
}

function configFailure(problems: readonly ConfigProblem[], policy: readonly string[] = []): Failure {
  const count = problems.length === 1 ? 'one setting is wrong' : `${problems.length} settings are wrong`
  return new Failure('config_invalid', `${count}; nothing was started`, {
    hint: 'Settings come from the environment and from .env in the working directory; .env.example lists them all.',
    errors: [
      ...problems.map((problem) => ({ ...problem, message: sentence(problem) })),
      ...policyFailure(policy).errors,
    ],
  })
}
