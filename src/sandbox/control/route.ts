import type { z } from '@hono/zod-openapi'
import type { Parts } from './state.ts'

/** What a request asks for. */
export interface Asked<B = unknown> {
  readonly params: Readonly<Record<string, string>>
  readonly body: B
}

/** One route: what the description says of it and what it does. */
export interface Route<B = unknown> {
  readonly method: 'get' | 'post' | 'patch' | 'delete'
  /** With parameters in braces, as OpenAPI writes them. */
  readonly path: string
  readonly summary: string
  readonly body?: z.ZodType
  readonly answer: z.ZodType
  /** What it answers with 200, as JSON; a change answers with nothing, which becomes the revision it led to. */
  run(parts: Parts, asked: Asked<B>): unknown
}

/** What cannot be done, for whoever asked for it. */
export class Impossible extends Error {
  readonly status: 400 | 404 | 409 | 413

  constructor(status: Impossible['status'], message: string) {
    super(message)
    this.status = status
  }
}

/** The person of this id, or 404. */
export function personOf({ sandbox, platform }: Parts, { params }: Asked): ReturnType<Parts['sandbox']['as']> {
  return sandbox.as(known('user', platform.workspace.users, params.user))
}

/** An id that this part of the workspace knows, or 404. */
export function known(what: string, among: ReadonlyMap<string, unknown>, id = ''): string {
  if (among.has(id)) return id
  throw new Impossible(404, `no ${what} ${id} in the sandbox; there are ${[...among.keys()].join(', ')}`)
}
