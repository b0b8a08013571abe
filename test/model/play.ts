import fc from 'fast-check'
import { broken } from '../invariants.ts'
import { commands, terms } from './commands.ts'
import type { Model } from './model.ts'
import { ACCOUNTS, type Account, System, type World } from './world.ts'

const NOON = Date.UTC(2026, 10, 20, 12)

/** Everybody is somebody else, and in the groups that they would be in; what follows is the commands'. */
const worlds = fc.record({ terms, minutes: fc.nat({ max: 40 }) }).map(
  ({ terms: first, minutes }): World => ({
    nowMs: NOON + minutes * 60_000,
    terms: first,
    people: [['U0BOB', 'U0BOB2']],
    groups: {
      owners: ['U0ALICE', 'U0ALICE2', 'U0BOB', 'U0BOB2', 'U0CAROL'],
      sre: ['U0BOB', 'U0DAVE'],
      oncall: ['U0CAROL', 'U0DAVE', 'U0ALICE'],
    },
    emails: Object.fromEntries(ACCOUNTS.map((id) => [id, `${id.toLowerCase()}@example.com`])) as Record<
      Account,
      string
    >,
    gone: new Set(),
  }),
)

/** Plays the real house against the model, and looks at the whole log after each play. */
export async function play(options: fc.Parameters<unknown>, maxCommands: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(worlds, commands(maxCommands), async (world, steps) => {
      // A play is repeated to be made smaller: each begins with a world of its own.
      const fresh: World = { ...world, groups: { ...world.groups }, emails: { ...world.emails }, gone: new Set() }
      const system = await System.open(fresh)
      const model: Model = { asked: [], isPaused: false, delegations: [], consumed: new Map(), allowed: [] }
      try {
        await fc.asyncModelRun(() => ({ model, real: system }), steps)
        const problems = await broken(system.file)
        if (problems.length > 0) throw new Error(problems.join('\n'))
      } finally {
        await system.close()
      }
    }),
    options as fc.Parameters<[World, Iterable<fc.AsyncCommand<Model, System>>]>,
  )
}
