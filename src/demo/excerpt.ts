import { mask, maskText } from '../approval/redact.ts'
import type { Ask } from '../approval/request.ts'

/** What the page shows of a body, at most. */
const MOST = 4_000

/** Pretty JSON, cut where it is long. Looks like a secret: masked. */
export function excerpt(value: unknown, most = MOST): string {
  const text = maskText(JSON.stringify(value, null, 2))
  return text.length <= most ? text : `${text.slice(0, most)}\n… ${text.length - most} more characters`
}

/** The ask as it is stored: what is secret in it stays with the pipeline. */
export const askExcerpt = (ask: Ask): string => excerpt(mask(ask, []))

/** Of a request as the API shows it, in this order; the rest is what the pipeline sent itself. */
const TELLING = [
  ...['id', 'status', 'execution', 'payload_digest', 'outcome', 'decisions', 'policy', 'expires_at'],
  ...['grant', 'consumed', 'completed'],
]

/** What an answer tells beyond what was sent. */
export function answerExcerpt(body: unknown): string {
  if (body === null || typeof body !== 'object' || !('payload_digest' in body)) return excerpt(body)
  const members = Object.entries(body).filter(([name, value]) => TELLING.includes(name) && isThere(value))
  return excerpt(Object.fromEntries(members.sort(([a], [b]) => TELLING.indexOf(a) - TELLING.indexOf(b))))
}

const isThere = (value: unknown): boolean => value !== null && !(Array.isArray(value) && value.length === 0)
