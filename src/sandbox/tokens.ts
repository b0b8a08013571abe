import { hex } from './ids.ts'

/** What the app knows itself and Slack by. */
export interface Tokens {
  readonly bot: string
  readonly app: string
  readonly signingSecret: string
}

/** Slack's own: `xoxb-` and `xapp-` with groups of digits. */
const REAL = /^(xox[a-z]|xapp|xwfp)-\d/

/** Those given, the others by chance. Throws, with a sentence for each, where one cannot be used. */
export function tokensOf(given: Partial<Tokens> = {}): Tokens {
  const problems = tokenProblems(given)
  if (problems.length > 0) throw new Error(problems.join('; '))
  return {
    bot: given.bot ?? `xoxb-sandbox-${hex(12)}`,
    app: given.app ?? `xapp-sandbox-${hex(12)}`,
    signingSecret: given.signingSecret ?? hex(16),
  }
}

/** What is wrong with tokens somebody wants the sandbox to take. */
export function tokenProblems({ bot, app, signingSecret }: Partial<Tokens>): readonly string[] {
  return [
    ...problemsOf('the bot token', bot, 'xoxb-'),
    ...problemsOf('the app token', app, 'xapp-'),
    ...(signingSecret !== undefined && !/^[\x21-\x7e]{8,}$/.test(signingSecret)
      ? ['the signing secret must be eight or more visible ASCII characters']
      : []),
  ]
}

function problemsOf(what: string, token: string | undefined, prefix: string): readonly string[] {
  if (token === undefined) return []
  if (REAL.test(token))
    return [
      `${what} looks like a real one of Slack's: never give a real secret to a toy, invent one such as ${prefix}sandbox`,
    ]
  return new RegExp(`^${prefix}[\\w-]+$`).test(token)
    ? []
    : [`${what} must begin with ${prefix}, and go on with letters, digits, - and _`]
}
