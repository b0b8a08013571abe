import { expect, it } from 'vitest'
import { killRounds } from '../soak/kill.ts'

/** F1, C1–C12. The long run is `node test/soak/kill.ts --rounds 200`. */

it('what was acknowledged survives twelve kills at random moments, once', { timeout: 120_000 }, async () => {
  const seed = Date.now() % 1_000_000
  const { acknowledged, lost, doubled, problems } = await killRounds({ rounds: 12, seed })
  expect({ seed, lost, doubled, problems }).toEqual({ seed, lost: [], doubled: [], problems: [] })
  expect(acknowledged).toBeGreaterThan(12)
})
