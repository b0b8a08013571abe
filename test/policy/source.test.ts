import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { InvalidPolicyFile, type PolicySource, watchPolicy } from '../../src/policy/source.ts'
import { HEAD } from './policies.ts'

const GOOD = HEAD
const BETTER = `${HEAD}admins: [U0ADMIN]\n`
const WRONG = `${HEAD}admin: [U0ADMIN]\n`

let folder: string
let path: string
let source: PolicySource
let loaded: string[]
let failed: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-'))
  path = join(folder, 'policy.yaml')
  writeFileSync(path, GOOD)
  loaded = []
  failed = []
})
afterEach(() => {
  source?.close()
  rmSync(folder, { recursive: true, force: true })
})

function watch(file = path): void {
  source = watchPolicy(file, {
    intervalMs: 10,
    onLoaded: (policy) => loaded.push(policy.text),
    onFailed: (problems) => failed.push(problems.map((problem) => problem.message).join(' ')),
  })
}
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 })

/** By then a change made before the call has been read as well: the same clock drives both watchers. */
async function otherWatcherSawTwoChanges(): Promise<void> {
  const marker = join(folder, 'marker.yaml')
  const seen: string[] = []
  writeFileSync(marker, GOOD)
  const other = watchPolicy(marker, {
    intervalMs: 10,
    onLoaded: (policy) => seen.push(policy.text),
    onFailed: () => {},
  })
  writeFileSync(marker, BETTER)
  await until(() => expect(seen).toHaveLength(1))
  writeFileSync(marker, GOOD)
  await until(() => expect(seen).toHaveLength(2))
  other.close()
}

describe('a watched policy', () => {
  it('is there at once and is not reported as a change', async () => {
    watch()
    expect(source.current().text).toBe(GOOD)
    writeFileSync(path, BETTER)
    await until(() => expect(loaded).toEqual([BETTER]))
    expect(source.current().admins).toEqual(['U0ADMIN'])
    expect(failed).toEqual([])
  })

  it('never starts from a wrong or missing file, and says every problem with its place', () => {
    writeFileSync(path, `${WRONG}limit: 1\n`)
    const start = (): PolicySource => watchPolicy(path, { onLoaded: () => {}, onFailed: () => {} })
    expect(start).toThrow(InvalidPolicyFile)
    expect(start).toThrow(
      `${path}:6:1: Unknown field "admin": did you mean "admins"?\n${path}:7:1: Unknown field "limit"`,
    )
    unlinkSync(path)
    expect(start).toThrow(`${path}:1:1: There is no such file`)
  })

  it('keeps the last good one when the file becomes wrong, and reports each failure once', async () => {
    watch()
    writeFileSync(path, WRONG)
    await until(() => expect(failed).toHaveLength(1))
    expect(failed[0]).toMatch(/did you mean "admins"/)
    expect(source.current().text).toBe(GOOD)

    writeFileSync(path, `${WRONG}# the same failure again\n`)
    await otherWatcherSawTwoChanges()
    writeFileSync(path, `${HEAD}limit: 1\n`)
    await until(() => expect(failed).toHaveLength(2))
    expect(failed[1]).toMatch(/did you mean "limits"/)

    writeFileSync(path, BETTER)
    await until(() => expect(loaded).toEqual([BETTER]))
    writeFileSync(path, WRONG)
    await until(() => expect(failed).toHaveLength(3))
    expect(failed[2]).toBe(failed[0])
    expect(source.current().text).toBe(BETTER)
  })

  it('keeps the last good one when the file goes away, and takes it up when it is back', async () => {
    watch()
    unlinkSync(path)
    await until(() => expect(failed).toHaveLength(1))
    expect(failed[0]).toMatch(/no such file/)
    expect(source.current().text).toBe(GOOD)
    writeFileSync(path, BETTER)
    await until(() => expect(loaded).toEqual([BETTER]))
  })

  it('sees a link that is pointed at another file', async () => {
    const link = join(folder, 'link.yaml')
    symlinkSync(path, link)
    watch(link)
    writeFileSync(join(folder, 'other.yaml'), BETTER)
    symlinkSync('other.yaml', join(folder, 'new-link'))
    renameSync(join(folder, 'new-link'), link)
    await until(() => expect(loaded).toEqual([BETTER]))
  })

  it('sees a change of the same length', async () => {
    watch()
    const other = GOOD.replace('U0BOB', 'U0BEN')
    writeFileSync(path, other)
    await until(() => expect(loaded).toEqual([other]))
  })

  it('does not believe a file that is still being written', async () => {
    watch()
    // A valid half: it would take the deny rule away for as long as the writer needs for the rest.
    const whole = `${HEAD}rules:\n  - { id: a, match: { action: x }, effect: deny }\n`
    for (let length = HEAD.length; length <= whole.length; length++) {
      writeFileSync(path, whole.slice(0, length))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => expect(source.current().rules).toHaveLength(1))
    expect(loaded).toEqual([whole])
    expect(failed).toEqual([])
  })

  it('is left alone after close', async () => {
    watch()
    source.close()
    writeFileSync(path, BETTER)
    const second: string[] = []
    const other = watchPolicy(path, {
      intervalMs: 10,
      onLoaded: (policy) => second.push(policy.text),
      onFailed: () => {},
    })
    writeFileSync(path, GOOD)
    await until(() => expect(second).toEqual([GOOD]))
    other.close()
    expect(loaded).toEqual([])
    expect(source.current().text).toBe(GOOD)
  })
})
