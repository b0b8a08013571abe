import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScene, type Scene } from './house.ts'
import { broken } from './invariants.ts'
import { approve, cardOf } from './people.ts'

/** A check that finds nothing wrong in a house where something is wrong would make every other test worthless. */
describe('the check of the invariants', () => {
  let scene: Scene
  let id: string
  beforeAll(async () => {
    scene = await openScene()
    const { slack, api } = scene
    id = (await api.ask({ action: 'terraform.apply', params: { plan: 'canary-0815' } })).body.id
    await approve(slack, 'U0CAROL', await cardOf(slack, 'C0PROD', id))
    const { body } = await api.get(id, 10)
    await api.consume(body, 'run-1')
    await scene.house().stop()
  })
  afterAll(() => scene.place.close())

  /** What it says of a copy in which `harm` was done. */
  async function harmed(harm: string): Promise<string[]> {
    const copy = `${scene.place.databaseFile}-${Math.random()}`
    const db = new Database(scene.place.databaseFile)
    await db.backup(copy)
    db.close()
    const copied = new Database(copy)
    for (const { name } of copied
      .prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'trigger'")
      .all())
      copied.exec(`DROP TRIGGER ${name}`)
    copied.exec(harm)
    copied.close()
    return broken(copy, { canaries: ['canary-4711'] })
  }

  it('finds nothing in a house that is in order', async () => {
    expect(await harmed('SELECT 1')).toEqual([])
  })

  it.each([
    ['a state that no entry brought', "UPDATE requests SET status = 'denied'", 'INV4'],
    ['a use that no entry tells of', 'UPDATE requests SET consumed = NULL', 'INV2'],
    ['a request that was taken out', 'DELETE FROM decisions; DELETE FROM cards; DELETE FROM requests', 'INV4'],
    ['an edited body', "UPDATE audit_entries SET body = replace(body, 'U0CAROL', 'U0DAVE')", 'INV8'],
    ['a yes of somebody behind the ask', `UPDATE requests SET closure = '["slack:U0CAROL"]'`, 'INV3'],
    ['a yes after the end', 'UPDATE requests SET expires_at_ms = 1', 'INV10'],
    ['a yes to something else', "UPDATE decisions SET digest_shown = '0000000000000000'", 'INV5'],
    ['a yes by an unknown policy', "UPDATE decisions SET policy_digest = 'sha256:00'", 'INV12'],
    ['a word in the seat of somebody behind the ask', "UPDATE decisions SET delegated_by = 'U0ALICE'", 'INV3'],
    ['a pause that nobody ordered', "INSERT INTO pauses VALUES (1, 'U0EVE', NULL, 1)", 'INV4'],
    [
      'a delegation that nobody made',
      "INSERT INTO delegations VALUES ('del_1', 'U0CAROL', 'U0EVE', 0, 1, 0, 'U0CAROL', NULL)",
      'INV4',
    ],
    ['a use that nobody made', "INSERT INTO allowances SELECT 'reads', 'cl_x', 1, id FROM requests", 'INV4'],
    ['a client with more rights than it was given', `UPDATE clients SET scopes = '["enforce"]'`, 'INV4'],
    [
      'a glass that was broken where no rule allows it',
      `UPDATE requests SET broken_glass = '{"userId":"U0EVE","identities":["slack:U0EVE"],"review":null}'`,
      'INV7',
    ],
    ['a secret in the file', "UPDATE requests SET client_name = 'canary-4711'", 'INV11'],
  ])('finds %s', async (_, harm, rule) => {
    expect((await harmed(harm)).join('\n')).toContain(rule)
  })
})
