import type { Json } from '../audit/canonical.ts'
import type { Ask, JsonObject } from './request.ts'

/** What stands in place of a secret, in the store, in the log and on the card. */
export const MASK = '[masked]'

/** Key names that hold secrets, by their ending: `secret_name` stays readable, it is what is being rotated. */
const SECRET_KEY =
  /(?:passw(?:or)?d|pwd|pass[-_. ]?phrase|secret|token|(?:api|access|secret|private|signing|encryption)[-_. ]?key|credential|authorization|cookie|connection[-_. ]?string)s?(?:_(?:prod|production|dev|staging|test|live|old|new))?[-_. ]*$/i

/** An option whose value stands in the next word of an argument list. */
const SECRET_OPTION = /^--?[a-z-]{0,40}(?:passw(?:or)?d|secret|token|api-?key)$/i

/**
 * Texts that are secrets wherever they stand. Each takes time that grows with the text and no faster: an asker must not be
 * able to stall us with one string.
 */
const SECRET_TEXTS: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=,:\s-]*/g, MASK],
  [/(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}/g, MASK],
  [/gh[pousr]_[A-Za-z0-9]{20,}/g, MASK],
  [/github_pat_[A-Za-z0-9_]{20,}/g, MASK],
  [/glpat-[A-Za-z0-9_-]{16,}/g, MASK],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, MASK],
  [/AIza[0-9A-Za-z_-]{30,}/g, MASK],
  [/\bsk-[A-Za-z0-9_-]{20,}/g, MASK],
  [/\bcs_[a-z0-9]{4,40}_[A-Za-z0-9_-]{43}/g, MASK],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,65536}\.[A-Za-z0-9_-]{8,2000}/g, MASK],
  [/\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{12,}/gi, `$1 ${MASK}`],
  [/:\/\/([^\s/:@]{0,100}):[^\s/]{1,1000}@/g, `://$1:${MASK}@`],
  [/(--?[a-z-]{0,40}(?:passw(?:or)?d|token|secret|api-?key))([= ])[^\s]+/gi, `$1$2${MASK}`],
  [
    /\b([a-z0-9_-]{0,40}(?:passw(?:or)?d|passphrase|_pass|-pass|pwd|token|secret|(?:api|access|secret)[_-]?key)(?:_[a-z0-9]{1,20})?["']? ?[=:] ?["']?)[^\s;&"',}]+/gi,
    `$1${MASK}`,
  ],
]

/** A beginning of any of {@link SECRET_TEXTS}: most texts have none, and every text of every ask is looked through. */
const MAY_BE_SECRET =
  /-----BEGIN |xox[a-z]-|xapp-|gh[pousr]_|github_pat_|glpat-|A(?:KIA|SIA|Iza)|sk-|cs_|eyJ|bearer |basic |:\/\/[^\s/:@]{0,100}:|passw|passphrase|[_-]pass|pwd|token|secret|(?:api|access|secret)[-_]?key/i

export const maskText = (text: string): string =>
  MAY_BE_SECRET.test(text) ? SECRET_TEXTS.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text) : text

/** A member of the ask that cannot be masked as asked. `pointer` names it in the body (RFC 6901). */
export class MaskError extends Error {
  override name = 'MaskError'
  readonly pointer: string
  constructor(pointer: string, message: string) {
    super(message)
    this.pointer = pointer
  }
}

/**
 * The ask as it may be stored and shown: the values at `sensitive`, under keys of `params` and `context.details` that look
 * like secrets, and texts that are secrets are replaced by {@link MASK}. The payload digest is taken before, over the full
 * payload, so that nothing can be swapped under a mask.
 *
 * What the house judges by (action, resource, environment, on whose behalf) is never touched: a mask there would change
 * which rules match and who stands behind the ask.
 *
 * @param moreKeys the policy's own names, lower case.
 * @throws {@link MaskError} where a pointer of `sensitive` finds nothing (a typing error there would show the secret), or
 *   where what the house judges by holds a secret.
 */
export function mask(ask: Ask, moreKeys: readonly string[]): Ask {
  for (const member of ['resource', 'environment'] as const) {
    if (ask[member] !== undefined && maskText(ask[member]) !== ask[member]) {
      throw new MaskError(`/${member}`, 'holds what looks like a secret, and is shown as it stands: put it in params')
    }
  }
  const byName: IsSecret = (key) =>
    SECRET_KEY.test(key) || (moreKeys.length > 0 && moreKeys.includes(key.toLowerCase()))
  const texts = <T>(value: T): T => maskJson(value as Json, NO_NAMES) as T
  const { title, reason, params, context, requester } = ask
  return {
    ...ask,
    // A pointer names keys, and a key may be a secret.
    ...(ask.sensitive === undefined ? {} : { sensitive: ask.sensitive.map(maskText) }),
    ...(title === undefined ? {} : { title: maskText(title) }),
    ...(reason === undefined ? {} : { reason: maskText(reason) }),
    ...(params === undefined
      ? {}
      : { params: maskJson(atPointers(params, ask.sensitive ?? []), byName) as JsonObject }),
    ...(requester?.agent === undefined ? {} : { requester: { ...requester, agent: texts(requester.agent) } }),
    ...(context === undefined
      ? {}
      : {
          context: {
            ...texts(context),
            ...(context.details === undefined ? {} : { details: maskJson(context.details, byName) as JsonObject }),
          },
        }),
  }
}

type IsSecret = (key: string) => boolean
const NO_NAMES: IsSecret = () => false

function maskJson(value: Json, isSecret: IsSecret): Json {
  if (typeof value === 'string') return maskText(value)
  if (Array.isArray(value)) {
    return value.map((item: Json, i) => {
      const before: unknown = value[i - 1]
      const isOptionValue = typeof item === 'string' && typeof before === 'string' && SECRET_OPTION.test(before)
      return isOptionValue ? MASK : maskJson(item, isSecret)
    })
  }
  if (value === null || typeof value !== 'object') return value
  const object = value as JsonObject
  const masked: Record<string, Json> = {}
  const numbers = new Map<string, number>()
  for (const key of Object.keys(object)) {
    const item = object[key] as Json
    const shown = isSecret(key) ? maskWhole(item) : maskJson(item, isSecret)
    const name = freeName(masked, maskText(key), numbers)
    // Assigned, `__proto__` would vanish: run and digested, but shown to nobody.
    if (name === '__proto__') Object.defineProperty(masked, name, { ...PLAIN, value: shown })
    else masked[name] = shown
  }
  return masked
}

const PLAIN = { enumerable: true, configurable: true, writable: true } as const

/**
 * Two keys may be secrets: both stay to be seen.
 * @param numbers the last number given to each name: counted from there, so that thousands alike cost no more than others.
 */
function freeName(masked: object, name: string, numbers: Map<string, number>): string {
  if (!Object.hasOwn(masked, name)) return name
  let n = (numbers.get(name) ?? 1) + 1
  while (Object.hasOwn(masked, `${name} ${n}`)) n++
  numbers.set(name, n)
  return `${name} ${n}`
}

/** Yes, no and nothing are no secrets; everything else under a secret's name is. */
const maskWhole = (value: Json): Json => (value === null || typeof value === 'boolean' ? value : MASK)

/** What to mask below a value: everything, or the members and items named. */
type Marks = 'whole' | Map<string, Marks>

/** Marks first and masks in one pass: fifty pointers into six thousand keys must not cost fifty copies. */
function atPointers(params: JsonObject, sensitive: readonly string[]): Json {
  if (sensitive.length === 0) return params
  let marks = new Map() as Marks
  sensitive.forEach((pointer, index) => {
    const path = pointerPath(pointer)
    // Looked for in what was sent, so that a pointer into what is masked as a whole is right as well.
    if (!isThere(params, path)) {
      throw new MaskError(`/sensitive/${index}`, `${JSON.stringify(pointer)} points at nothing in params`)
    }
    marks = mark(marks, path)
  })
  // params stays an object: its members are masked one by one where it is named as a whole.
  return marks === 'whole' ? maskMembers(params, () => 'whole') : maskMarked(params, marks)
}

/** RFC 6901. The empty pointer is the whole of `params`. */
const pointerPath = (pointer: string): string[] =>
  pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((token) => token.replace(/~1/g, '/').replace(/~0/g, '~'))

function isThere(value: Json, path: readonly string[]): boolean {
  let here: Json = value
  for (const token of path) {
    if (here === null || typeof here !== 'object') return false
    if (Array.isArray(here) && !/^(0|[1-9]\d*)$/.test(token)) return false
    if (!Object.hasOwn(here, token)) return false
    here = (here as JsonObject)[token] as Json
  }
  return true
}

function mark(marks: Marks, path: readonly string[]): Marks {
  const [token, ...rest] = path
  if (marks === 'whole' || token === undefined) return 'whole'
  marks.set(token, mark(marks.get(token) ?? new Map(), rest))
  return marks
}

function maskMarked(value: Json, marks: Marks | undefined): Json {
  if (marks === undefined) return value
  if (marks === 'whole') return MASK
  if (Array.isArray(value)) return value.map((item: Json, i) => maskMarked(item, marks.get(String(i))))
  return maskMembers(value as JsonObject, (key) => marks.get(key))
}

const maskMembers = (object: JsonObject, marksOf: (key: string) => Marks | undefined): Json =>
  Object.fromEntries(Object.entries(object).map(([key, item]) => [key, maskMarked(item, marksOf(key))]))
