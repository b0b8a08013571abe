import { basename, dirname, join } from 'node:path'
import type { Command } from 'commander'
import { oneLine } from '../../approval/one-line.ts'
import type { policyAsCode } from '../../serve.ts'
import { newCommand, print, printJson } from '../command.ts'
import { policyFailure } from '../failure.ts'
import { house, policyFrom } from './read.ts'

type Result = policyAsCode.CaseResult

export function testCommand(): Command {
  return newCommand('test', 'Judge the cases beside a policy: asks, and what must become of each', [
    'policy test policy.yaml',
    'policy test policy.yaml ci/cases.yaml --json',
  ])
    .argument('<file>', 'the policy file')
    .argument('[cases]', 'the cases (default: policy.cases.yaml beside policy.yaml)')
    .addHelpText('after', '\nExit codes: 0 every case is as expected, 1 some are not, 2 a file is not valid')
    .action(test)
}

async function test(file: string, cases: string | undefined, options: { json?: boolean }): Promise<void> {
  const policy = await policyFrom(file)
  const { describeProblems, policyAsCode } = await house()
  const path = cases ?? besides(file)
  const read = policyAsCode.readCasesFile(path)
  if ('problems' in read) throw casesFailure(describeProblems(path, read.problems))
  const unknown = policyAsCode.unknownLimits(policy, read.cases)
  if (unknown.length > 0) throw casesFailure(describeProblems(path, unknown))
  const results = policyAsCode.runCases(policy, read.cases)
  const failed = results.filter(({ passed }) => !passed)
  if (failed.length > 0) process.exitCode = 1
  if (options.json) {
    const counts = { passed: results.length - failed.length, failed: failed.length }
    return printJson({ file, cases: path, digest: policy.digest, ...counts, results })
  }
  for (const result of results) print(told(path, result))
  print(`${results.length - failed.length} of ${results.length} cases are as expected`)
}

/** `policy.yaml` -> `policy.cases.yaml`, in the same place. */
function besides(file: string): string {
  const [, name = '', ending = '.yaml'] = /^(.*?)(\.ya?ml)?$/s.exec(basename(file)) ?? []
  return join(dirname(file), `${name}.cases${ending}`)
}

function casesFailure(lines: string) {
  const failure = policyFailure(lines.split('\n'))
  failure.message = failure.message.replace('the policy has', 'the cases have')
  return failure
}

function told(path: string, { name, line, passed, differences, problem, rules }: Result): string {
  if (passed) return `ok      ${oneLine(name)}`
  const lines = [
    ...(problem === null ? [] : [problem]),
    ...differences.flatMap(({ field, expected, got }) => [`${field}`, `  - ${expected}`, `  + ${got}`]),
    ...(problem === null ? [`rules that apply: ${rules.length === 0 ? 'none' : rules.join(', ')}`] : []),
  ]
  return [`FAILED  ${name} (${path}:${line})`, ...lines.map((each) => `          ${each}`)].map(oneLine).join('\n')
}
