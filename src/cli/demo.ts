import type { Command } from 'commander'
import { newCommand } from './command.ts'

export function demoCommand(): Command {
  return newCommand('demo', 'Three asks, four people, one log: the whole story in a terminal, without Slack', [
    'demo',
  ]).action(async (options: { json?: boolean }) => {
    const { demo } = await import('./demo/story.ts')
    const lines: string[] = []
    const exitCode = await demo((line) => (options.json ? lines.push(line) : console.log(line)))
    if (options.json) console.log(JSON.stringify({ ok: exitCode === 0, story: lines }))
    process.exitCode = exitCode
  })
}
