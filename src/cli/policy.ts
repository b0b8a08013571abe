import type { Command } from 'commander'
import { newCommand, newGroup, print, printJson } from './command.ts'
import { EXIT } from './failure.ts'

export const policyCommand = (): Command =>
  newGroup('policy', 'Check a policy file', [checkCommand()], ['policy check policy.yaml'])

function checkCommand(): Command {
  return newCommand('check', 'Say whether a policy file is valid, and everything that is wrong with it', [
    'policy check policy.yaml',
  ])
    .argument('<file>', 'the policy file')
    .addHelpText('after', '\nExit codes: 0 valid, 2 not valid (one line for each problem, file:line:col: message)')
    .action(check)
}

/** The problems are the result, not a failure to give one: they go to stdout, where editors and CI jobs read them. */
async function check(file: string, options: { json?: boolean }): Promise<void> {
  const { describeProblems, readPolicyFile } = await import('../serve.ts')
  const read = readPolicyFile(file)
  const valid = 'policy' in read
  const found = valid ? read.warnings : read.problems
  if (!valid) process.exitCode = EXIT.usage
  if (options.json) {
    const counted = found.map(({ line, column, level, message }) => ({ file, line, column, level, message }))
    const errors = counted.filter(({ level }) => level === 'error')
    const warnings = counted.filter(({ level }) => level === 'warning')
    printJson({ valid, file, digest: valid ? read.policy.digest : null, errors, warnings })
    return
  }
  if (found.length > 0) print(describeProblems(file, found))
  if (valid) print(`${file}: valid, ${read.policy.rules.length} rules, ${read.policy.digest}`)
}
