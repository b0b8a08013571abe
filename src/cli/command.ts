import { Command } from 'commander'

/** A command as all of ours are: `--json`, help with an example, and errors that are told in one place. */
export const newCommand = (name: string, summary: string, examples: readonly string[]): Command =>
  described(name, summary, examples).option('--json', 'print JSON, also for errors')

const described = (name: string, summary: string, examples: readonly string[]): Command =>
  quiet(new Command(name))
    .description(summary)
    .addHelpText('after', `\nExample:\n${examples.map((example) => `  $ countersign ${example}`).join('\n')}`)

/** A command that only holds others. */
export function newGroup(
  name: string,
  summary: string,
  parts: readonly Command[],
  examples: readonly string[],
): Command {
  const group = described(name, summary, examples)
  for (const part of parts) group.addCommand(part)
  return group
}

/** Commander throws instead of ending the process, and leaves the telling to us. */
export const quiet = (command: Command): Command =>
  command
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showHelpAfterError(false)

/** One line on stdout. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`)
/** What a terminal would obey is escaped, which is the same to whoever parses it. */
export const printJson = (value: unknown): void =>
  print(JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => char.split('').map(escaped).join('')))

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
