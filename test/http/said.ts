import { expect } from 'vitest'
import type { Answer } from './wire.ts'

/** What a problem says: its status, its code, and where. */
export const said = ({ status, json }: Answer): readonly unknown[] => [
  status,
  json.code,
  ...(json.errors ?? []).map((fault) => fault.pointer),
]

/** An RFC 9457 document of this code, with nothing of our insides in it. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.json.code, answer.text]).toEqual([status, code, expect.any(String)])
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(answer.json.status).toBe(status)
  expect(answer.json.type).toBe(`urn:countersign:problem:${code}`)
  expect(answer.json.instance).toBe(`urn:request:${answer.headers['x-request-id']}`)
  expect(String(answer.json.detail).length).toBeGreaterThan(10)
  expect(answer.text).not.toMatch(/\bat \w+ \(|node_modules|SQLITE|\/src\//)
}
