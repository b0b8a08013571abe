import type { Command } from 'commander'
import { oneLine } from '../approval/one-line.ts'
import { newCommand, print, printJson } from './command.ts'

export function doctorCommand(): Command {
  return newCommand(
    'doctor',
    'Check settings, policy, issuers of tokens, database, disk, clock, Slack tokens, scopes, channels and groups',
    ['doctor', 'doctor --json'],
  )
    .addHelpText('after', '\nExit codes: 0 nothing is wrong (there may be warnings), 1 something is')
    .action(doctor)
}

async function doctor(options: { json?: boolean }): Promise<void> {
  const { examine } = await import('./doctor/examine.ts')
  const checks = await examine()
  const healthy = checks.every(({ state }) => state !== 'failed')
  process.exitCode = healthy ? 0 : 1
  if (options.json) return printJson({ healthy, checks })
  for (const { name, state, detail, mend } of checks) {
    print(oneLine(`${MARKS[state]} ${name}: ${detail}`))
    if (mend !== undefined) print(oneLine(`        mend: ${mend}`))
  }
  print(healthy ? '\nNothing is wrong.' : '\nSomething is wrong; each line above says how to mend it.')
}

/** Words, not signs: the terminal may not speak UTF-8. */
const MARKS = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const
