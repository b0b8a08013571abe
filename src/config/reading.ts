import { maskText } from '../approval/redact.ts'
import { nearest } from '../policy/text.ts'

/** One wrong variable, as a sentence: "`variable` `problem`. Write `instead`." Holds no secret's value. */
export interface ConfigProblem {
  readonly variable: string
  readonly problem: string
  readonly instead: string
}

/** What is wrong with a value, and what to write instead. */
export interface Flaw {
  readonly what: string
  readonly instead: string
}

/** What .env.example and tutorials put in place of a value. */
const PLACEHOLDER = /\.\.\.|…|[<>]|x{5,}|\*{3}|\byour[-_ ]|change[-_ ]?me|replace[-_ ]?me|placeholder|\btodo\b/i

/** Reads variables by name and collects what is wrong with them, so that one start tells of every problem. */
export class Reading {
  readonly problems: ConfigProblem[] = []
  readonly warnings: ConfigProblem[] = []
  readonly #env: Readonly<Record<string, string | undefined>>

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env
  }

  /** The value; null where it is unset, empty or unfit. `NAME=` in an env file means "not set". */
  text(variable: string, secret = false): string | null {
    const value = this.#env[variable]
    if (value === undefined || value === '') return null
    const flaw = flawOf(value, secret)
    if (!flaw) return value
    return this.refuse(variable, `${flaw.what} (${this.show(variable, secret)})`, flaw.instead, null)
  }

  isSet(variable: string): boolean {
    return (this.#env[variable] ?? '') !== ''
  }

  /** A secret of the right look, or null. */
  secret(variable: string, wrong: (value: string) => Flaw | null) {
    const value = this.text(variable, true)
    const flaw = value === null ? null : wrong(value)
    if (!flaw) return value
    return this.refuse(variable, `${flaw.what} (${this.show(variable, true)})`, flaw.instead, null)
  }

  oneOf<T extends string>(variable: string, known: readonly T[], otherwise: T): T {
    const value = this.text(variable)
    if (value === null) return otherwise
    const found = known.find((word) => word === value)
    if (found !== undefined) return found
    const near = nearest(value, known)
    const meant = near === null ? '' : ` (did you mean ${near}?)`
    return this.refuse(variable, `is ${this.show(variable)}`, `${known.join(', ')}${meant}`, otherwise)
  }

  /** Notes the problem and gives `otherwise` back, so that the reading can go on to the next one. */
  refuse<T>(variable: string, problem: string, instead: string, otherwise: T): T {
    this.problems.push({ variable, problem, instead })
    return otherwise
  }

  warn(variable: string, problem: string, instead: string): void {
    this.warnings.push({ variable, problem, instead })
  }

  /** The value as it may be shown: of a secret its first four characters and its length, of others what holds none. */
  show(variable: string, secret = false): string {
    const value = this.#env[variable] ?? ''
    if (secret)
      return value.length < 12 ? `${value.length} characters` : `${value.slice(0, 4)}…, ${value.length} characters`
    const masked = maskText(value)
    return JSON.stringify(masked.length > 80 ? `${masked.slice(0, 80)}…` : masked)
  }
}

/** What no value of ours ever holds. */
function flawOf(value: string, secret: boolean): Flaw | null {
  if (/^\s+$/.test(value)) return { what: 'holds nothing but space', instead: 'a value, or leave the variable out' }
  if (/^\s|\s$/.test(value)) {
    return { what: 'begins or ends with a space or a line break', instead: 'the value alone, without space around it' }
  }
  if (/^(["'`]).*\1$/s.test(value))
    return { what: 'has quotes around it', instead: 'the value alone, without the quotes' }
  if (/\p{Cc}/u.test(value)) return { what: 'holds a control character', instead: 'the value on one line' }
  if (secret && PLACEHOLDER.test(value)) {
    return { what: 'still holds the placeholder of an example', instead: 'your own value' }
  }
  return null
}
