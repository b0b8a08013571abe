import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  Scalar,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import type { PolicyProblem } from './policy.ts'
import { quoted } from './text.ts'

/**
 * YAML as every reader reads it: what two YAML readers would take differently is refused, so that the reviewer's tools,
 * the author and Countersign see one file. Problems are collected, each at its own line and column.
 */
export interface PolicyDocument {
  readonly problems: readonly PolicyProblem[]
  /** The parsed content, or undefined where the syntax is too broken to judge the rest. */
  readonly content: unknown
  readonly place: (path: readonly PropertyKey[], which: 'key' | 'value') => Place
  /** Where a character of the text at a path stands; null where it is written in another way than it is read. */
  readonly placeIn: (path: readonly PropertyKey[], offset: number) => Pick<Place, 'line' | 'column'> | null
}

interface Place {
  readonly line: number
  readonly column: number
  /** `refused`: this node already has a problem. `comment`: empty because an unquoted # began a comment. */
  readonly state: 'given' | 'missing' | 'empty' | 'comment' | 'refused'
}

/** Faults of one node that leave the rest of the file readable. All others make what follows guesswork. */
const LOCAL_FAULTS = new Set<string>([
  'BAD_ALIAS',
  'BAD_DIRECTIVE',
  'BAD_DQ_ESCAPE',
  'BAD_SCALAR_START',
  'TAB_AS_INDENT',
  'TAG_RESOLVE_FAILED',
])

export function readDocument(text: string): PolicyDocument {
  const reading = new Reading(text)
  const documents = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    stringKeys: true,
    prettyErrors: false,
    // Ours, below, is linear: the library's compares each key with each other one.
    uniqueKeys: false,
    lineCounter: reading.lines,
    logLevel: 'silent',
  })
  const [first, second] = documents
  if (!first?.contents) reading.report(0, 'The file is empty: see policy.example.yaml for a start.')
  if (second) reading.report(second.range[0], 'A policy is one YAML document: remove everything from this "---" on.')
  for (const document of documents) reading.faults(document)
  if (first && !reading.broken) reading.walk(first)
  return {
    problems: reading.problems,
    content: first?.contents && !reading.broken ? first.toJS() : undefined,
    place: (path, which) => reading.place(first?.contents ?? null, path, which),
    placeIn: (path, offset) => reading.placeIn(first?.contents ?? null, path, offset),
  }
}

class Reading {
  readonly lines = new LineCounter()
  readonly problems: PolicyProblem[] = []
  broken = false
  private readonly text: string
  private readonly refused = new Set<number>()
  private readonly pairs = new Map<YAMLMap, Map<string, Pair>>()

  constructor(text: string) {
    this.text = text
  }

  report(offset: number, message: string): void {
    if (this.refused.has(offset)) return
    this.refused.add(offset)
    const { line, col } = this.lines.linePos(offset)
    this.problems.push({ line: Math.max(1, line), column: Math.max(1, col), message, level: 'error' })
  }

  faults(document: Document.Parsed | Document): void {
    const found: readonly YAMLError[] = [...document.errors, ...document.warnings]
    const tooDeep = found.find((fault) => fault.code === 'RESOURCE_EXHAUSTION')
    if (found.some((fault) => !LOCAL_FAULTS.has(fault.code))) this.broken = true
    for (const fault of tooDeep ? [tooDeep] : found) {
      if (fault.code !== 'TAG_RESOLVE_FAILED') this.report(fault.pos[0], faultText(fault))
    }
    const yaml = document.directives?.yaml
    if (yaml?.explicit && yaml.version !== '1.2') this.report(0, 'Only YAML 1.2 is read: remove the %YAML line.')
  }

  walk(document: Document): void {
    visit(document, {
      Alias: (_key, alias) => {
        this.report(
          offsetOf(alias),
          `Aliases are refused. A glob that begins with * must be in quotes: "*${alias.source}".`,
        )
        const empty = new Scalar(null)
        empty.range = alias.range ?? null
        return empty
      },
      Node: (key, node) => {
        if (isAlias(node)) return
        if (node.anchor !== undefined) this.report(offsetOf(node), `Anchors are refused: remove &${node.anchor}.`)
        if (node.tag !== undefined)
          this.report(offsetOf(node), `Tags are refused: remove ${quoted(node.tag)}, or put the text in quotes.`)
        if (isScalar(node)) this.scalar(node, key === 'key')
        if (isMap(node)) this.keys(node)
      },
    })
  }

  private scalar(node: Scalar, isKey: boolean): void {
    if (node.type !== 'PLAIN') return
    const source = node.source ?? ''
    const shown = quoted(source)
    if (/^(?:y|n|yes|no|on|off)$/i.test(source)) {
      this.report(
        offsetOf(node),
        `${shown} is true or false to some YAML readers and text to others: put it in quotes if the text is meant.`,
      )
    } else if (!isKey && TIME.test(source)) {
      this.report(offsetOf(node), `A time needs quotes: ${shown}.`)
    } else if (isKey ? NOT_TEXT.test(source) : UNCLEAR_NUMBER.test(source)) {
      this.report(
        offsetOf(node),
        isKey
          ? `Keys must be text: put ${shown} in quotes if it is meant as a name.`
          : `${shown} is not the same number to every YAML reader: write plain decimal digits, or put it in quotes if the text is meant.`,
      )
    }
  }

  private keys(map: YAMLMap): void {
    const pairs = new Map<string, Pair>()
    this.pairs.set(map, pairs)
    for (const pair of map.items) {
      if (!isScalar(pair.key)) continue
      const name = String(pair.key.value)
      const earlier = pairs.get(name)
      if (earlier && isNode(earlier.key)) {
        const { line } = this.lines.linePos(offsetOf(earlier.key))
        this.report(offsetOf(pair.key), `${quoted(name)} is written twice; it stands in line ${line} already.`)
      }
      if (name === '__proto__') this.report(offsetOf(pair.key), '"__proto__" is no name for anything here.')
      if (name === '<<') this.report(offsetOf(pair.key), 'Merge keys are refused: write the fields out.')
      pairs.set(name, pair)
    }
  }

  place(root: unknown, path: readonly PropertyKey[], which: 'key' | 'value'): Place {
    let node = root
    let key: Node | null = null
    let missing = false
    for (const step of path) {
      const pair = isMap(node) ? this.pairs.get(node)?.get(String(step)) : undefined
      const item = isSeq(node) ? node.items[Number(step)] : undefined
      if (!pair && item === undefined) {
        missing = true
        break
      }
      key = pair && isNode(pair.key) ? pair.key : null
      node = pair ? pair.value : item
    }
    const shown = isNode(node) ? node : null
    const target = (which === 'key' || missing || !shown ? key : shown) ?? shown
    const offset = target ? offsetOf(target) : 0
    const { line, col } = this.lines.linePos(offset)
    const refused = this.refused.has(offset) || (key !== null && this.refused.has(offsetOf(key)))
    const state = missing ? 'missing' : refused ? 'refused' : this.emptiness(shown)
    return { line: Math.max(1, line), column: Math.max(1, col), state }
  }

  placeIn(root: unknown, path: readonly PropertyKey[], offset: number): Pick<Place, 'line' | 'column'> | null {
    const node = path.reduce<unknown>((below, step) => {
      if (isMap(below)) return this.pairs.get(below)?.get(String(step))?.value
      return isSeq(below) ? below.items[Number(step)] : undefined
    }, root)
    if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return null
    const written = this.text.slice(node.range[0], node.range[1])
    // A block's indicator and the rest of its line are no part of its text.
    const header = node.type?.startsWith('BLOCK') ? written.indexOf('\n') + 1 : node.type === 'PLAIN' ? 0 : 1
    const within = written.length === 0 ? null : samePlace(node.value, written.slice(header), offset)
    if (within === null) return null
    const { line, col } = this.lines.linePos(node.range[0] + header + within)
    return { line, column: col }
  }

  private emptiness(node: Node | null): Place['state'] {
    if (node !== null && !(isScalar(node) && node.value === null)) return 'given'
    return node?.range && /^[ \t]*#/.test(this.text.slice(node.range[0], node.range[0] + 200)) ? 'comment' : 'empty'
  }
}

/** Names that a YAML reader without our string keys would take for a number, a truth value or nothing. */
const NOT_TEXT = /^(?:|~|null|true|false|[-+]?\.(?:inf|nan)|[-+]?[0-9][0-9_.:]*(?:e[-+]?[0-9]+)?|0[xob][0-9a-f_]+)$/i
/** Base 60 to some YAML readers. */
const TIME = /^(?:[01]?[0-9]|2[0-4]):[0-5][0-9]$/
/** Leading zero, octal, hex, binary, underscores, base 60, infinity. */
const UNCLEAR_NUMBER = /^[-+]?(?:0[0-9_]+|0[xob][0-9a-f_]+|[0-9][0-9_]*_[0-9_.]*|[0-9]+(?::[0-5]?[0-9])+|\.inf|\.nan)$/i

/**
 * YAML folds and indents: the characters that are no space stand in the same order in both texts, and so the one at `offset`
 * is found by counting them. Null where an escape makes the two differ before it.
 */
function samePlace(read: string, written: string, offset: number): number | null {
  let at = 0
  for (let i = 0; i <= Math.min(offset, read.length - 1); i++) {
    const char = read[i] ?? ''
    if (/\s/.test(char)) continue
    while (/\s/.test(written[at] ?? '')) at++
    if (written[at] !== char) return null
    if (i === offset) return at
    at++
  }
  // Between words, or where more was expected.
  return at
}

const offsetOf = (node: Node): number => node.range?.[0] ?? 0

function faultText(fault: YAMLError): string {
  if (fault.code === 'TAB_AS_INDENT') return 'A tab stands in the indentation, which YAML forbids: use spaces.'
  if (fault.code === 'BAD_ALIAS') return 'A glob that begins with * must be in quotes: "*".'
  if (fault.code === 'NON_STRING_KEY') return 'Keys must be plain text, not lists or mappings.'
  if (fault.code === 'RESOURCE_EXHAUSTION') return 'The file is nested too deeply to be read.'
  // The library quotes the text it stumbled over, and that may be a secret pasted into the wrong file.
  const message = fault.code === 'UNEXPECTED_TOKEN' ? fault.message.replace(/: .*/s, '') : fault.message
  return `${message}.`.replace(/\.\.$/, '.')
}
