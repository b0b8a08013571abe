import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { newDirectory, run } from './run.ts'

const EXAMPLE = fileURLToPath(new URL('../../policy.example.yaml', import.meta.url))

it('the example policy is valid', async () => {
  const { code, stdout } = await run(['policy', 'check', EXAMPLE], newDirectory())
  expect(code).toBe(0)
  expect(stdout).toMatch(/valid, \d+ rules, sha256:[0-9a-f]{64}\n$/)
})

it('every error is told with its place', async () => {
  const directory = newDirectory()
  const broken = readFileSync(EXAMPLE, 'utf8').replace('count: 2', 'count: 0').replace('deny_count', 'deny_cuont')
  writeFileSync(join(directory, 'policy.yaml'), broken)
  const { code, stdout } = await run(['policy', 'check', 'policy.yaml'], directory)
  expect(code).toBe(2)
  const lines = stdout.trim().split('\n')
  expect(lines.length).toBeGreaterThanOrEqual(2)
  for (const line of lines) expect(line).toMatch(/^policy\.yaml:\d+:\d+: /)
  expect(stdout).toContain('deny_count')
})

it('with --json every error is an object', async () => {
  const directory = newDirectory()
  writeFileSync(join(directory, 'policy.yaml'), 'version: 2\n')
  const { code, stdout } = await run(['policy', 'check', 'policy.yaml', '--json'], directory)
  expect(code).toBe(2)
  const answer = JSON.parse(stdout)
  expect(answer).toMatchObject({ valid: false, digest: null, warnings: [] })
  expect(answer.errors[0]).toMatchObject({ file: 'policy.yaml', line: 1, level: 'error' })
})

it('a file that is not there is no valid policy', async () => {
  const { code, stdout } = await run(['policy', 'check', 'none.yaml'], newDirectory())
  expect(code).toBe(2)
  expect(stdout).toMatch(/^none\.yaml:1:1: There is no such file/)
})
