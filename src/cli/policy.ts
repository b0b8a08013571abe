import type { Command } from 'commander'
import { newGroup } from './command.ts'
import { checkCommand } from './policy/check.ts'
import { explainCommand } from './policy/explain.ts'
import { replayCommand } from './policy/replay.ts'
import { testCommand } from './policy/test.ts'
import { historyCommand, showCommand } from './policy/versions.ts'

export const policyCommand = (): Command =>
  newGroup(
    'policy',
    'Check, explain, test and replay a policy file; see every version that was in force',
    [checkCommand(), explainCommand(), testCommand(), replayCommand(), historyCommand(), showCommand()],
    ['policy check policy.yaml', 'policy explain policy.yaml --action data.export --param rows=5000'],
  )
