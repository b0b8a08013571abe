import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { T0 } from '../approval/given.ts'
import { broken } from '../invariants.ts'
import { aFile, atEnd, opened } from './places.ts'

/** A process that asks 50 times at once when it is told to. */
async function asker(file: string, name: string, most: number) {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('ask.child.ts', import.meta.url)), file, name, String(most)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  atEnd(() => void child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)
  await once(lines, 'line')
  return async () => {
    const said = once(lines, 'line')
    child.stdin.write('go\n')
    return Number((await said)[0])
  }
}

test('T3 of two processes that ask 50 times each at once exactly as many asks are allowed as the rule says', async () => {
  const file = aFile()
  const store = opened(file, { now: () => T0 })
  const askers = await Promise.all(['a', 'b'].map((name) => asker(file, name, 37)))
  const committed = await Promise.all(askers.map((ask) => ask()))
  expect(committed.reduce((sum, count) => sum + count)).toBe(37)
  expect(await store.allowancesUsed('reads', 'cl_alice', 0)).toBe(37)
  expect(await store.requests({ limit: 200 })).toHaveLength(37)
  expect((await broken(file)).filter((problem) => !problem.includes('INV12'))).toEqual([])
})
