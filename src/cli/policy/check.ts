import type { Command } from 'commander'
import type { policyAsCode } from '../../serve.ts'
import { newCommand, print, printJson } from '../command.ts'
import { EXIT } from '../failure.ts'
import { house } from './read.ts'
import { askSlack, NOTHING_SAID, type SaidBySlack, slackWanted } from './slack.ts'

interface Options {
  readonly json?: boolean
  readonly iKnow?: boolean
  readonly strict?: boolean
  readonly slack?: boolean
}

type Problem = policyAsCode.PolicyProblem

const MORE = `
What Slack knows of channels and user groups is looked at where the server's settings are there; --no-slack keeps to the
file, and --slack insists on Slack.

Exit codes: 0 valid (there may be warnings), 2 not valid, or with --strict a warning`

export function checkCommand(): Command {
  return newCommand('check', 'Say whether a policy file is valid, and what in it is probably not meant', [
    'policy check policy.yaml',
    'policy check policy.yaml --strict --no-slack',
  ])
    .argument('<file>', 'the policy file')
    .option('--i-know', 'take a rule that allows everything as a warning (the server still refuses it)')
    .option('--strict', 'exit 2 for warnings too')
    .option('--slack', 'look up channels and user groups in Slack, and fail where Slack does not answer')
    .option('--no-slack', 'keep to the file')
    .addHelpText('after', MORE)
    .action(check)
}

/** The problems are the result, not a failure to give one: they go to stdout, where editors and CI jobs read them. */
async function check(file: string, options: Options): Promise<void> {
  const { describeProblems, readPolicyFile, policyAsCode } = await house()
  const read = readPolicyFile(file, { allowAll: options.iKnow === true })
  if ('problems' in read) {
    process.exitCode = EXIT.usage
    if (options.json)
      return printJson({ valid: false, file, digest: null, ...counted(file, read.problems), notifies: [] })
    return print(describeProblems(file, read.problems))
  }
  const { policy } = read
  const wanted = slackWanted(options.slack)
  const said = wanted ? await askSlack(policy, wanted) : NOTHING_SAID
  const { lint, placesInSlack } = policyAsCode
  const found = [
    ...read.warnings,
    ...lint(policy, { nowMs: Date.now(), members: said.members }),
    ...placesInSlack(policy, said),
  ].sort((a, b) => a.line - b.line || a.column - b.column)
  if (options.strict && found.length > 0) process.exitCode = EXIT.usage
  if (options.json) {
    const notifies = notified(policy, said, policyAsCode.wakes)
    return printJson({ valid: true, file, digest: policy.digest, ...counted(file, found), notifies })
  }
  if (found.length > 0) print(describeProblems(file, found))
  print(`${file}: valid, ${policy.rules.length} rules, ${policy.digest}`)
}

function counted(file: string, found: readonly Problem[]) {
  const all = found.map(({ line, column, level, message }) => ({ file, line, column, level, message }))
  return {
    errors: all.filter(({ level }) => level === 'error'),
    warnings: all.filter(({ level }) => level === 'warning'),
  }
}

/** How many people each rule wakes; null where a user group was not read. */
const notified = (
  { rules }: policyAsCode.Policy,
  { members }: SaidBySlack,
  wakes: typeof policyAsCode.wakes,
): readonly { readonly rule: string; readonly people: number | null }[] =>
  rules
    .filter(({ approvals }) => approvals.length > 0)
    .map(({ id, approvals }) => ({ rule: id, people: wakes(approvals, members) }))
