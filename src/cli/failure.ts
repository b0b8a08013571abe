import { oneLine } from '../approval/one-line.ts'
import { maskText } from '../approval/redact.ts'

/** Exit codes of every command but `run` and `audit verify`, which have a child's code and a verdict to hand on. */
export const EXIT = {
  usage: 2,
  database: 3,
  secondInstance: 4,
  portInUse: 5,
  other: 20,
} as const

/** Why a command did not do what was asked, for the person who typed it. Holds nothing secret. */
export class Failure extends Error {
  override name = 'Failure'
  readonly code: string
  readonly exitCode: number
  /** What to do about it, one line. */
  readonly hint: string
  /** Each single thing that is wrong, where there are many. */
  readonly errors: readonly { readonly message: string; readonly [more: string]: string | number }[]

  constructor(
    code: string,
    message: string,
    more: { readonly exitCode?: number; readonly hint: string; readonly errors?: Failure['errors'] },
  ) {
    super(message)
    this.code = code
    this.exitCode = more.exitCode ?? EXIT.usage
    this.hint = more.hint
    this.errors = more.errors ?? []
  }
}

/** Any error as a failure. Errors of other rooms are told by their names: what a command loads is loaded late. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (!(error instanceof Error)) return internal(firstLine(String(error)))
  const code = 'code' in error ? String(error.code) : ''
  const detail = firstLine(error.message)
  if (error.name === 'OpenError') return databaseFailure(detail, 'kind' in error ? String(error.kind) : '')
  if (error.name === 'StorageError') return databaseFailure(detail, 'failed')
  if (error.name === 'InvalidPolicyFile') return policyFailure(error.message.split('\n'))
  if (error.name === 'SigningKeyError') {
    return new Failure('signing_key_invalid', detail, {
      hint: 'SIGNING_KEY_FILE may name a file that does not exist yet.',
    })
  }
  if (code === 'EADDRINUSE') {
    const hint = 'Stop what listens there, or set another PORT (0 takes any free one).'
    return new Failure('port_in_use', 'the port is taken by another program', { exitCode: EXIT.portInUse, hint })
  }
  if (['EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(code) && 'syscall' in error) {
    const hint = 'HOST must be an address of this machine, and PORT one that this user may listen on.'
    return new Failure('cannot_listen', detail, { hint })
  }
  return internal(detail)
}

const firstLine = (text: string): string => maskText(text.split('\n')[0] ?? '')

function internal(detail: string): Failure {
  const hint = 'Set LOG_LEVEL=debug for more, and report this if it stays.'
  return new Failure('internal', detail, { exitCode: EXIT.other, hint })
}

function databaseFailure(detail: string, kind: string): Failure {
  if (kind === 'locked') {
    const hint = 'One process serves one database: stop the other one, or set another DATABASE_URL.'
    return new Failure('second_instance', detail, { exitCode: EXIT.secondInstance, hint })
  }
  const hint = 'Nothing was written. Check DATABASE_URL, or restore the file from a backup.'
  return new Failure('database_unusable', detail, { exitCode: EXIT.database, hint })
}

/** @param lines one for each problem, `file:line:col: message`. */
export function policyFailure(lines: readonly string[]): Failure {
  const count = lines.length === 1 ? 'one problem' : `${lines.length} problems`
  return new Failure('policy_invalid', `the policy has ${count}`, {
    hint: 'Mend the file and check it with: countersign policy check FILE',
    errors: lines.map((message) => ({ message })),
  })
}

/** Tells of a failure on stderr, so that what a script takes from stdout is never an error. */
export function tell(failure: Failure, json: boolean): void {
  const { code, message, hint, errors, exitCode } = failure
  if (json) {
    const problem = { type: 'about:blank', title: message, detail: hint, code, exit_code: exitCode }
    process.stderr.write(`${JSON.stringify(errors.length > 0 ? { ...problem, errors } : problem)}\n`)
    return
  }
  const lines = [`error[${code}]: ${message}`, ...errors.map((each) => `  ${each.message}`), `hint: ${hint}`]
  // Of files and of what was typed.
  process.stderr.write(`${lines.map(oneLine).join('\n')}\n`)
}
