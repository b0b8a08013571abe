import type { IncomingMessage } from 'node:http'
import { beyond, invalid } from './api-error.ts'
import { BODY_BYTES } from './choices.ts'
import { isObject, type Json, type JsonObject, parseJson } from './json.ts'

/** Arguments that arrive as JSON text in a form, with what Slack answers when it is not JSON. */
const STRUCTURED: Record<string, string> = {
  blocks: 'invalid_blocks_format',
  attachments: 'invalid_arguments',
  metadata: 'invalid_metadata_format',
  view: 'invalid_arguments',
}

export interface ParsedRequest {
  args: JsonObject
  /** Warnings about the request itself, such as a missing charset. */
  warnings: readonly string[]
  malformed?: string
}

/** Reads a form, a JSON body or a query. */
export function parseRequest(incoming: IncomingMessage, body: string): ParsedRequest {
  const query = new URL(incoming.url ?? '/', 'http://sandbox').searchParams
  const [type = '', ...parameters] = (incoming.headers['content-type'] ?? '').split(';').map((part) => part.trim())
  if (type === 'application/json') {
    const parsed = parseJson(body)
    const warnings = parameters.some((each) => each.startsWith('charset')) ? [] : ['missing_charset']
    if (!isObject(parsed)) return { args: {}, warnings, malformed: 'invalid_json' }
    return { args: parsed, warnings }
  }
  const form = type === 'application/x-www-form-urlencoded' ? new URLSearchParams(body) : new URLSearchParams()
  return structured(Object.fromEntries([...query, ...form]))
}

function structured(fields: Record<string, string>): ParsedRequest {
  const args: Record<string, Json> = {}
  let malformed: string | undefined
  for (const [name, value] of Object.entries(fields)) {
    const refusal = STRUCTURED[name]
    const parsed = refusal === undefined ? undefined : parseJson(value)
    if (refusal !== undefined && parsed === undefined && value !== '') malformed ??= refusal
    args[name] = parsed ?? value
  }
  return { args, warnings: [], ...(malformed === undefined ? {} : { malformed }) }
}

export async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length
    if (size > BODY_BYTES) throw new Error('request body too large')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The arguments of one call, by name; forms carry numbers and booleans as text. */
export class Args {
  readonly all: JsonObject

  constructor(all: JsonObject) {
    this.all = all
  }

  json(name: string): Json | undefined {
    return this.all[name]
  }

  text(name: string): string | undefined {
    const value = this.all[name]
    if (value === undefined || value === null || value === '') return undefined
    return typeof value === 'string' ? value : String(value)
  }

  required(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw invalid('invalid_arguments', [`missing required field: ${name}`])
    return value
  }

  flag(name: string): boolean {
    const value = this.all[name]
    return value === true || value === 'true' || value === '1' || value === 1
  }

  /** A whole number between 1 and `max`, or `otherwise` where it is absent. */
  limit(otherwise: number, max = 1_000): number {
    const value = this.text('limit')
    if (value === undefined) return otherwise
    if (!/^\d+$/.test(value) || Number(value) < 1 || Number(value) > max)
      throw beyond('invalid_limit', `limit must be a whole number from 1 to ${max}`)
    return Number(value)
  }
}
