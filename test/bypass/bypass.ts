import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Mode } from '../house.ts'
import { type BypassId, CATALOGUE, type Row } from './catalogue.ts'
import { Stage } from './stage.ts'
import type { SurfaceName } from './surfaces.ts'
import { Voice } from './voice.ts'

type Prove = (by: Voice) => Promise<void>

const modeOf = (name: SurfaceName): Mode => (name === 'Slack over HTTP' ? 'http' : 'socket')

/** Two houses for all tests of a file: one that Slack speaks to over HTTP, one over Socket Mode. */
export function openStages(modes: readonly Mode[] = ['http', 'socket']): (mode: Mode) => Stage {
  const stages = new Map<Mode, Stage>()
  beforeAll(async () => {
    for (const mode of modes) stages.set(mode, await Stage.open(mode))
  })
  afterAll(async () => {
    for (const stage of stages.values()) await stage.close()
  })
  return (mode) => {
    const stage = stages.get(mode)
    if (!stage) throw new Error(`no house for ${mode} in this file`)
    return stage
  }
}

/**
 * One statement of the catalogue, on every surface that its row names: what is said there is what runs here.
 *
 * @param others how it is tried on surfaces of its own kind, such as the command line.
 */
export function bypass(
  id: BypassId,
  stages: (mode: Mode) => Stage,
  prove: Prove,
  others: Partial<Record<SurfaceName, Prove>> = {},
): void {
  const { statement, on }: Row = CATALOGUE[id]
  describe(`${id} ${statement}`, () => {
    it.each(on.map((name) => [name]))('by %s', async (name) => {
      const by = new Voice(name, stages(modeOf(name)))
      await (others[name] ?? prove)(by)
    })
  })
}
