import { expect, it } from 'vitest'
import { Live } from '../../src/demo/live.ts'

/** What every open page hears of the demo. */

const FIRST = JSON.stringify({ first: true })

it('whoever came before the demo is ready hears everything as soon as it is, and once', () => {
  const live = new Live()
  const [early, late]: [string[], string[]] = [[], []]
  live.follow((json) => early.push(json))
  live.send({ pipelines: [] })
  expect(early).toEqual([])
  live.begin(() => ({ first: true }))
  live.follow((json) => late.push(json))
  live.send({ pipelines: [] })
  expect(early).toEqual([FIRST, '{"pipelines":[]}'])
  expect(late).toEqual(early)
})

it('whoever has left, and everybody once the demo ends, is told nothing more', () => {
  const live = new Live()
  const [one, other]: [string[], string[]] = [[], []]
  live.begin(() => ({ first: true }))
  const leave = live.follow((json) => one.push(json))
  live.follow((json) => other.push(json))
  leave()
  live.send({ runs: [] })
  live.close()
  live.send({ pipelines: [] })
  expect(one).toEqual([FIRST])
  expect(other).toEqual([FIRST, '{"runs":[]}'])
})
