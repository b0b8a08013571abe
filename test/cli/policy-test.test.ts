import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { newDirectory, run } from './run.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

let directory: string
beforeEach(() => {
  directory = newDirectory()
  copyFileSync(join(ROOT, 'policy.example.yaml'), join(directory, 'policy.yaml'))
  copyFileSync(join(ROOT, 'policy.cases.example.yaml'), join(directory, 'policy.cases.yaml'))
})

const edit = (file: string, from: string, to: string): void => {
  const path = join(directory, file)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replace(from, to))
}

describe('policy test', () => {
  it('finds the cases beside the policy, and passes where all are as expected', async () => {
    const { code, stdout, stderr } = await run(['policy', 'test', 'policy.yaml'], directory)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/\n(\d+) of \1 cases are as expected\n$/)
  })

  it('shows for each failing case where it stands, what was expected and what came, and exits 1', async () => {
    edit('policy.yaml', 'count: 2', 'count: 1')
    const { code, stdout } = await run(['policy', 'test', 'policy.yaml'], directory)
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^FAILED {2}two data owners and one SRE for exports from production \(policy\.cases\.yaml:\d+\)$/m,
    )
    expect(stdout).toContain(
      [
        'requirements',
        '  - 1 from sre, 2 from data-owners',
        '  + 1 from data-owners, 1 from sre',
        'rules that apply: prod-export',
      ]
        .map((line) => `          ${line}\n`)
        .join(''),
    )
    const json = await run(['policy', 'test', 'policy.yaml', 'policy.cases.yaml', '--json'], directory)
    expect(json.code).toBe(1)
    const answer = JSON.parse(json.stdout)
    expect(answer).toMatchObject({ failed: 1, cases: 'policy.cases.yaml' })
    expect(answer.results.find((each: { passed: boolean }) => !each.passed)).toMatchObject({
      differences: [{ field: 'requirements', expected: '1 from sre, 2 from data-owners' }],
    })
  })

  it('shows a name of a case on one line, and nothing in it that a terminal would obey', async () => {
    const name = String.raw`\e]0;x\a\u009b2J\u202e\nFAILED  another`
    // Whatever the policy says of it, one of the two is not as expected.
    const cases = ['allow', 'deny'].map(
      (effect) => `- { name: "${effect} ${name}", ask: { action: a.b }, expect: { effect: ${effect} } }`,
    )
    writeFileSync(join(directory, 'evil.yaml'), `${cases.join('\n')}\n`)
    const { stdout } = await run(['policy', 'test', 'policy.yaml', 'evil.yaml'], directory)
    for (const effect of ['allow', 'deny']) {
      expect(stdout).toContain(String.raw`${effect} \u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{a}FAILED  another`)
    }
    const json = await run(['policy', 'test', 'policy.yaml', 'evil.yaml', '--json'], directory)
    expect(JSON.parse(json.stdout).results[0].name).toBe('allow \u001b]0;x\u0007\u009b2J\u202e\nFAILED  another')
    for (const line of `${stdout}${json.stdout}`.split('\n')) expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
  })

  it('a file of cases that is not valid is exit 2, with every place', async () => {
    edit('policy.cases.yaml', 'expect: { effect: allow', 'expect: { efect: allow')
    edit('policy.cases.yaml', 'action: deploy.api', 'action: Deploy')
    const { code, stderr } = await run(['policy', 'test', 'policy.yaml'], directory)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error\[policy_invalid\]: the cases have 3 problems/)
    expect(stderr.match(/policy\.cases\.yaml:\d+:\d+: /g)).toHaveLength(3)
  })

  it('a policy that is not valid, or no cases, is exit 2', async () => {
    expect(await run(['policy', 'test', 'policy.yaml', 'none.yaml'], directory)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('none.yaml:1:1: There is no such file') as string,
    })
    edit('policy.yaml', 'version: 1', 'version: 7')
    expect((await run(['policy', 'test', 'policy.yaml'], directory)).code).toBe(2)
  })
})
