import type { Json } from '../audit/canonical.ts'
import type { Ask, JsonObject } from './request.ts'

/** What stands in place of a secret, in the store, in the log and on the card. */
export const MASK = '[masked]'

/** Key names that hold secrets, by their ending: `secret_name` stays readable, it is what is being rotated. */
const SECRET_KEY =
  /(?:passw(?:or)?d|pwd|pass[-_ ]?phrase|secret|token|(?:api|access|secret|private|signing|encryption)[-_ ]?key|credentials?|authorization|cookie|connection[-_ ]?string)[-_ ]*$/i

/** Texts that are secrets wherever they stand. Each is linear: an asker must not be able to stall us with one string. */
const SECRET_TEXTS: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g, MASK],
  [/\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}/g, MASK],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}/g, MASK],
  [/\bgithub_pat_[A-Za-z0-9_]{20,}/g, MASK],
  [/\bglpat-[A-Za-z0-9_-]{16,}/g, MASK],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, MASK],
  [/\bAIza[0-9A-Za-z_-]{30,}/g, MASK],
  [/\bsk-[A-Za-z0-9_-]{20,}/g, MASK],
  [/\bcs_[a-z0-9]{4,40}_[A-Za-z0-9_-]{43}/g, MASK],
  [/\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{8,1000}/g, MASK],
  [/\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{12,}/g, `$1 ${MASK}`],
  [/:\/\/([^\s/:@]{1,100}):[^\s/@]{1,200}@/g, `://$1:${MASK}@`],
  [/(--?[a-z-]{0,40}(?:password|passwd|token|secret|api-key|apikey))=[^\s]+/gi, `$1=${MASK}`],
]

/** A beginning of any of {@link SECRET_TEXTS}: most texts have none, and every text of every ask is looked through. */
const MAY_BE_SECRET =
  /-----BEGIN |\bxox|\bxapp-|\bgh[pousr]_|\bgithub_pat_|\bglpat-|\bA(?:KIA|SIA|Iza)|\bsk-|\bcs_|\beyJ|\b(?:Bearer|Basic) |:\/\/[^\s/:@]{1,100}:|-[a-z-]{0,40}(?:passw|token|secret|api-?key)/i

export const maskText = (text: string): string =>
  MAY_BE_SECRET.test(text) ? SECRET_TEXTS.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text) : text

/** Does a key of this name hold a secret? `more` are the policy's own names, lower case. */
const isSecretKey = (key: string, more: readonly string[]): boolean =>
  SECRET_KEY.test(key) || (more.length > 0 && more.includes(key.toLowerCase()))

/**
 * The ask as it may be stored and shown: the values at `sensitive`, under keys that look like secrets and texts that are
 * secrets are replaced by {@link MASK}. The payload digest is taken before, over the full payload, so that nothing can be
 * swapped under a mask.
 *
 * @throws {@link PointerError} where a pointer of `sensitive` finds nothing: a typing error there would show the secret.
 */
export function mask(ask: Ask, moreKeys: readonly string[]): Ask {
  const masked = maskJson(ask as unknown as JsonObject, moreKeys) as unknown as Ask
  if (!ask.sensitive || ask.sensitive.length === 0) return masked
  let params: Json = masked.params ?? {}
  ask.sensitive.forEach((pointer, index) => {
    const replaced = maskAt(params, pointerPath(pointer))
    if (replaced === undefined) throw new PointerError(index, pointer)
    params = replaced
  })
  return { ...masked, params: params as JsonObject }
}

/** A `sensitive` pointer that finds nothing in `params`. */
export class PointerError extends Error {
  override name = 'PointerError'
  readonly index: number
  constructor(index: number, pointer: string) {
    super(`${JSON.stringify(pointer)} points at nothing in params`)
    this.index = index
  }
}

function maskJson(value: Json, moreKeys: readonly string[]): Json {
  if (typeof value === 'string') return maskText(value)
  if (Array.isArray(value)) return value.map((item: Json) => maskJson(item, moreKeys))
  if (value === null || typeof value !== 'object') return value
  const object = value as JsonObject
  const masked: Record<string, Json> = {}
  for (const key of Object.keys(object)) {
    const item = object[key] as Json
    const shown = isSecretKey(key, moreKeys) ? maskWhole(item) : maskJson(item, moreKeys)
    // Assigned, `__proto__` would vanish: run and digested, but shown to nobody.
    if (key === '__proto__') Object.defineProperty(masked, key, { value: shown, enumerable: true })
    else masked[key] = shown
  }
  return masked
}

/** Yes, no and nothing are no secrets; everything else under a secret's name is. */
const maskWhole = (value: Json): Json => (value === null || typeof value === 'boolean' ? value : MASK)

/** RFC 6901. The empty pointer is the whole of `params`. */
const pointerPath = (pointer: string): string[] =>
  pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((token) => token.replace(/~1/g, '/').replace(/~0/g, '~'))

function maskAt(value: Json, path: readonly string[]): Json | undefined {
  const [token, ...rest] = path
  // params stays an object: its members are masked one by one where it is named as a whole.
  if (token === undefined) {
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.keys(value).map((key) => [key, MASK]))
      : MASK
  }
  if (Array.isArray(value)) {
    if (!/^(0|[1-9]\d*)$/.test(token) || Number(token) >= value.length) return undefined
    const replaced = maskAt(value[Number(token)] as Json, rest)
    return replaced === undefined ? undefined : value.map((item: Json, i) => (i === Number(token) ? replaced : item))
  }
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, token)) return undefined
  const object = value as JsonObject
  const replaced = rest.length === 0 ? MASK : maskAt(object[token] as Json, rest)
  return replaced === undefined ? undefined : { ...object, [token]: replaced }
}
