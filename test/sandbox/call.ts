import type { Sandbox } from '../../src/sandbox/index.ts'

export interface Answer {
  status: number
  retryAfter: string | null
  body: Record<string, unknown> & { ok: boolean; error?: string }
}

/** One Web API call as a form, the way the SDK sends it: objects as JSON text. */
export async function call(
  sandbox: Sandbox,
  method: string,
  args: Record<string, unknown> = {},
  token: string | null = sandbox.botToken,
): Promise<Answer> {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(args)) {
    form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(sandbox.apiUrl + method, { method: 'POST', headers, body: form })
  const body = (await response.json()) as Answer['body']
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body }
}

/** The answer of a call that must succeed. */
export async function ok(
  sandbox: Sandbox,
  method: string,
  args: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const { body } = await call(sandbox, method, args)
  if (!body.ok) throw new Error(`${method}: ${JSON.stringify(body)}`)
  return body
}
