import { maskText } from '../../approval/redact.ts'

export type Fields = { readonly [field: string]: unknown }

/** What Slack answered to one call, or why it did not. */
export interface Answer {
  readonly body: Fields
  readonly error: string | null
  /** Scopes that the token has, from `x-oauth-scopes`; null where Slack did not say. */
  readonly scopes: readonly string[] | null
  /** How far Slack's clock is ahead of ours, in milliseconds, to about half a second; null where Slack did not say. */
  readonly aheadMs: number | null
}

const TIMEOUT_MS = 10_000

/**
 * One call of the Web API, without retries: a doctor tells what he sees. Redirects are refused, or a wrong SLACK_API_URL
 * could hand the token on to another host.
 */
export async function callSlack(apiUrl: string, method: string, token: string, args: Record<string, string> = {}) {
  const sentAt = Date.now()
  try {
    const response = await fetch(new URL(method, apiUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams(args),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return await readAnswer(response, (sentAt + Date.now()) / 2)
  } catch (error) {
    return nothing(reasonOf(error))
  }
}

const nothing = (error: string): Answer => ({ body: {}, error, scopes: null, aheadMs: null })

async function readAnswer(response: Response, midwayMs: number): Promise<Answer> {
  const date = Date.parse(response.headers.get('date') ?? '')
  const scopes = response.headers.get('x-oauth-scopes')
  const seen = {
    scopes: scopes?.split(',').map((scope) => scope.trim()) ?? null,
    // The header counts whole seconds, cut off.
    aheadMs: Number.isNaN(date) ? null : date + 500 - midwayMs,
  }
  if (response.status !== 200) return { ...seen, body: {}, error: `HTTP ${response.status}` }
  const body: unknown = await response.json()
  if (body === null || typeof body !== 'object' || !('ok' in body))
    return { ...seen, body: {}, error: 'no Slack answer' }
  const error = body.ok === true ? null : 'error' in body ? String(body.error) : 'unknown error'
  return { ...seen, body: { ...body }, error }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1_000} s`
  if (error instanceof SyntaxError) return 'no Slack answer'
  const cause = error.cause
  return maskText(cause instanceof Error && cause.message !== '' ? cause.message : error.message)
}

/** A part of an answer that is an object, empty where it is none. */
export function objectIn(fields: Fields, name: string): Fields {
  const value = fields[name]
  return value !== null && typeof value === 'object' ? { ...value } : {}
}
