import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { z } from 'zod'
import { oneLine } from '../approval/one-line.ts'
import { compile, peopleOf } from './compile.ts'
import type { Flaw } from './content.ts'
import { type PolicyDocument, readDocument } from './document.ts'
import type { Policy, PolicyProblem } from './policy.ts'
import { knownFields, LATER, policyFile } from './schema.ts'
import { flawsOf } from './sense.ts'
import { hiddenInFile, nearest, quoted } from './text.ts'

/** More than any policy a person can review. */
export const LARGEST_FILE = 4 * 1024 * 1024

export interface PolicyOptions {
  /** Accept a rule that allows everything, with a warning instead of an error. */
  readonly allowAll?: boolean
}

export type Loaded =
  | { readonly policy: Policy; readonly warnings: readonly PolicyProblem[] }
  | { readonly problems: readonly PolicyProblem[] }

/**
 * A policy file's text -> the policy, or every problem at once in the order of the file. Nothing is guessed and nothing
 * is ignored: a file that is not wholly understood is no policy (fail closed).
 */
export function parsePolicy(text: string, options: PolicyOptions = {}): Loaded {
  const unfit = unfitText(text)
  if (unfit) return { problems: [unfit] }
  const document = readDocument(text)
  const found = [...hidden(text), ...document.problems]
  if (document.content === undefined) return { problems: inOrder(found) }

  const file = policyFile.safeParse(document.content, { reportInput: true })
  const flaws = flawsOf(document.content, peopleOf(document.content), { allowAll: options.allowAll === true })
  found.push(
    ...(file.error?.issues ?? []).flatMap((issue) => shapeProblems(issue, document)),
    ...flaws.flatMap((flaw) => flawProblem(flaw, document)),
  )
  const errors = found.some((problem) => problem.level === 'error')
  if (errors || !file.success) return { problems: inOrder(found) }
  return { policy: compile(file.data, { text, digest: digestOf(document.content) }), warnings: inOrder(found) }
}

/** One line for each problem, `file:line:col: message`, as editors and CI jump to them. */
export function describeProblems(path: string, problems: readonly PolicyProblem[]): string {
  return problems
    .map(({ line, column, message, level }) =>
      oneLine(`${path}:${line}:${column}: ${level === 'warning' ? 'warning: ' : ''}${message}`),
    )
    .join('\n')
}

export const problemAtStart = (message: string): PolicyProblem => ({ line: 1, column: 1, message, level: 'error' })

/** What stands in the way of reading it as YAML at all. */
function unfitText(text: string): PolicyProblem | null {
  if (Buffer.byteLength(text) > LARGEST_FILE)
    return problemAtStart('The file is larger than 4 MiB, the most a policy may be.')
  if (text.startsWith('\uFEFF')) {
    return problemAtStart('The file begins with a byte order mark (U+FEFF): save it as UTF-8 without BOM.')
  }
  return null
}

/** Where the file reads other than it looks. */
export function hidden(text: string): readonly PolicyProblem[] {
  return hiddenInFile(text).map(({ line, column, codePoint }) => ({
    line,
    column,
    message: `The hidden character ${codePoint} stands here: remove it, it makes the file read other than it looks.`,
    level: 'error',
  }))
}

/** `sha256:` over the RFC 8785 form of the content, so that comments and layout do not change it (CONTRACT section 4). */
function digestOf(content: unknown): string {
  return `sha256:${createHash('sha256')
    .update(canonicalize(content) ?? '')
    .digest('hex')}`
}

function shapeProblems(issue: z.core.$ZodIssue, document: PolicyDocument): readonly PolicyProblem[] {
  const { path } = issue
  if (issue.code === 'invalid_union') {
    const meant = issue.errors[Array.isArray(issue.input) ? 1 : 0] ?? []
    return meant.flatMap((inner) => shapeProblems({ ...inner, path: [...path, ...inner.path] }, document))
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.flatMap((key) => problemAt(document, [...path, key], 'key', unknownField(path, key)))
  }
  if (issue.code === 'custom' && typeof issue.params?.offset === 'number') {
    return problemInText(
      document,
      path,
      issue.params.offset,
      `${pathName(path)} ${issue.message}${issue.message.endsWith('?') ? '' : '.'}`,
    )
  }
  return problemAt(document, path, 'value', shapeMessage(issue, document))
}

function shapeMessage({ path, message }: z.core.$ZodIssue, document: PolicyDocument): string {
  const { state } = document.place(path, 'value')
  const name = pathName(path)
  if (state === 'missing') return `${name} is missing: it ${message}.`
  if (state === 'comment') {
    return `${name} is empty, for an unquoted # begins a comment: write "#name" in quotes.`
  }
  return `${name} ${state === 'empty' ? 'is empty: it ' : ''}${message}.`
}

/** A fault within a text of the file: at the character itself where the text stands as it is read. */
function problemInText(
  document: PolicyDocument,
  path: readonly PropertyKey[],
  offset: number,
  message: string,
): readonly PolicyProblem[] {
  const within = document.placeIn(path, offset)
  if (within) return [{ ...within, message, level: 'error' }]
  return problemAt(document, path, 'value', `${message} (At its character ${offset + 1}.)`)
}

function flawProblem(flaw: Flaw, document: PolicyDocument): readonly PolicyProblem[] {
  return problemAt(document, flaw.path, flaw.at, flaw.message, flaw.level)
}

/** One node, one cause: what follows from a fault already reported at this very place is not repeated. */
function problemAt(
  document: PolicyDocument,
  path: readonly PropertyKey[],
  which: 'key' | 'value',
  message: string,
  level: PolicyProblem['level'] = 'error',
): readonly PolicyProblem[] {
  const { line, column, state } = document.place(path, which)
  return state === 'refused' ? [] : [{ line, column, message, level }]
}

function unknownField(path: readonly PropertyKey[], key: string): string {
  const where = path.length === 0 ? '' : ` in ${pathName(path)}`
  if (LATER.has(key)) {
    return `"${key}" is reserved for a later version of Countersign: this one would not obey it, so it is refused.`
  }
  const known = knownFields(path)
  const near = nearest(key, known)
  if (near === null && knownFields(['rules', 0]).includes(key)) return `${quoted(key)} belongs to a rule, not here.`
  return `Unknown field ${quoted(key)}${where}: ${near === null ? `known here are ${known.join(', ')}.` : `did you mean ${quoted(near)}?`}`
}

export function pathName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'The policy'
  return path.reduce<string>((name, step) => {
    if (typeof step === 'number') return `${name}[${step}]`
    const field = /^[A-Za-z0-9_-]{1,64}$/.test(String(step)) ? String(step) : quoted(String(step))
    return name === '' ? field : `${name}.${field}`
  }, '')
}

const inOrder = (problems: readonly PolicyProblem[]): readonly PolicyProblem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
