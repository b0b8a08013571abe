import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { ConfigProblem } from './reading.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The variables of the process, and those of a `.env` file in the directory where the process has none: what is set for
 * this one start wins over what stands in the file, as with `node --env-file`.
 */
export function readEnvironment(
  directory: string,
  env: Environment,
): { readonly env: Environment; readonly problems: readonly ConfigProblem[] } {
  try {
    const text = readFileSync(join(directory, '.env'), 'utf8').replace(/^\uFEFF/, '')
    return { env: { ...parseEnv(text), ...env }, problems: [] }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code === 'ENOENT') return { env, problems: [] }
    const problem = {
      variable: '.env',
      problem: `cannot be read (${code})`,
      instead: 'a file with one NAME=value on each line',
    }
    return { env, problems: [problem] }
  }
}
