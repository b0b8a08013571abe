import type { Json, JsonObject } from '../../json.ts'

/** One limit an app broke, as Slack names it, and what the app had sent there. */
export interface Problem {
  /** Slack's words without marks: `must be less than 3001 characters`. */
  readonly sentence: string
  /** As Slack writes it: `/blocks/0/text/text`; absent where Slack points nowhere. */
  readonly pointer?: string
  /** The place in words: `block 1 (section) › text › text`. */
  readonly place?: string
  /** How far off it is: `It has 3,120 characters; 3,000 are allowed.` */
  readonly measured?: string
  /** The value that was sent there, cut to an excerpt. */
  readonly excerpt?: string
}

const LINE = /^(?:\[ERROR\]\s*)?(.*?)(?:\s*\[json-pointer:([^\]]*)\])?$/s
const EXCERPT = 120

/** Reads one line of `response_metadata.messages` beside what was sent: the arguments of the call, as a rule. */
export function readProblem(line: string, sent: Json): Problem {
  const [, sentence = line, pointer] = LINE.exec(line) ?? []
  if (pointer === undefined) return { sentence }
  const value = valueAt(sent, pointer)
  const measured = measure(sentence, value)
  return {
    sentence,
    pointer,
    place: placeInWords(sent, pointer),
    excerpt: excerptOf(value),
    ...(measured === undefined ? {} : { measured }),
  }
}

/** RFC 6901, without throwing: what is not there is undefined. */
export function valueAt(root: Json, pointer: string): Json | undefined {
  return steps(pointer).reduce<Json | undefined>(memberOf, root)
}

const COUNTED: Readonly<Record<string, string>> = {
  blocks: 'block',
  elements: 'element',
  fields: 'field',
  options: 'option',
  option_groups: 'option group',
  rows: 'row',
  attachments: 'attachment',
}

/** `/blocks/0/elements/1/value` as `block 1 (actions) › element 2 (button) › value`: people count from one. */
export function placeInWords(root: Json, pointer: string): string {
  const words: string[] = []
  let here: Json | undefined = root
  let list: string | undefined
  for (const step of steps(pointer)) {
    const inside: boolean = Array.isArray(here)
    here = memberOf(here, step)
    if (!inside) words.push(step)
    else if (list !== undefined) words.splice(-1, 1, `${list} ${Number(step) + 1}${typeOf(here)}`)
    else words.push(String(Number(step) + 1))
    list = inside ? undefined : COUNTED[step]
  }
  return words.length === 0 ? 'the whole' : words.join(' › ')
}

function steps(pointer: string): string[] {
  const parts = pointer.split('/').slice(1)
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function memberOf(value: Json | undefined, step: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  return (value as JsonObject)[step]
}

function typeOf(value: Json | undefined): string {
  const type = memberOf(value, 'type')
  return typeof type === 'string' ? ` (${type})` : ''
}

function measure(sentence: string, value: Json | undefined): string | undefined {
  const most = Number(/must be less than (\d+) characters/.exec(sentence)?.[1]) - 1
  if (most >= 0 && typeof value === 'string')
    return `It has ${count(value.length, 'character')}; ${number(most)} are allowed.`
  const items = Number(/no more than (\d+) items/.exec(sentence)?.[1])
  if (items >= 0 && Array.isArray(value)) return `It has ${count(value.length, 'item')}; ${number(items)} are allowed.`
  return undefined
}

function excerptOf(value: Json | undefined): string {
  if (value === undefined) return '(nothing was sent there)'
  const text = JSON.stringify(value)
  return text.length <= EXCERPT ? text : `${text.slice(0, EXCERPT)}…`
}

const number = (value: number) => value.toLocaleString('en')
const count = (value: number, what: string) => `${number(value)} ${what}${value === 1 ? '' : 's'}`
