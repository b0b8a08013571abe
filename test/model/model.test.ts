import { expect, test } from 'vitest'
import { reached } from './commands.ts'
import { play } from './play.ts'

test('INV1 INV2 INV3 INV7 INV10 whatever people, askers, admins and the clock do, no yes that the model would not give', async () => {
  await play({ numRuns: 200 }, 80)
  const ways = [
    'approved by people',
    'approved by policy',
    'glass broken',
    'use taken',
    'withdraw taken',
    'delegate taken',
  ]
  const refusals = ['self_approval', 'not_an_approver', 'already_counted', 'paused', 'stale_card', 'expired']
  const met = [...ways, ...refusals.map((code) => `approve ${code}`)]
  // A play that never got anywhere would hold for nothing.
  expect(met.filter((what) => !reached.get(what))).toEqual([])
}, 180_000)
