import { describe, expect, test } from 'vitest'
import { Problem } from '../../src/http/problem.ts'
import { TokenUses } from '../../src/http/token-uses.ts'
import { StorageError } from '../../src/store/store.ts'

const TOKEN = { issuer: 'https://a.example', jti: '1', expiresAtMs: 1 }

/** What the disk says, one answer at a time: false where the token was taken before. */
function uses(...answers: readonly (boolean | Error)[]) {
  const left = [...answers]
  const asked: string[] = []
  const made = new TokenUses(async ({ jti }) => {
    asked.push(jti)
    const answer = left.shift()
    if (answer instanceof Error) throw answer
    return answer ?? false
  })
  return { made, asked }
}

describe('a token is used once', () => {
  test('for the same deed again, and for no other', async () => {
    const { made, asked } = uses(true)
    expect(await made.isFirst(TOKEN, 'ask a')).toBe(true)
    expect(await made.isFirst(TOKEN, 'ask a')).toBe(true)
    expect(await made.isFirst(TOKEN, 'ask b')).toBe(false)
    expect(await made.isFirst(TOKEN, null)).toBe(false)
    expect(await made.isFirst(TOKEN, 'ask a')).toBe(true)
    expect(asked).toEqual(['1', '1', '1'])
  })

  test('a deed that cannot be told from others is never the same again', async () => {
    const { made } = uses(true)
    expect(await made.isFirst(TOKEN, null)).toBe(true)
    expect(await made.isFirst(TOKEN, null)).toBe(false)
  })

  test('two at once with the same deed wait for one answer of the disk', async () => {
    const { made, asked } = uses(true)
    expect(await Promise.all([made.isFirst(TOKEN, 'a'), made.isFirst(TOKEN, 'a')])).toEqual([true, true])
    expect(asked).toHaveLength(1)
  })

  test('a token that somebody took before is not remembered as taken by this deed', async () => {
    const { made } = uses(false, false)
    expect(await Promise.all([made.isFirst(TOKEN, 'a'), made.isFirst(TOKEN, 'a')])).toEqual([false, false])
    expect(await made.isFirst(TOKEN, 'a')).toBe(false)
  })

  test('where the disk refused to write, the next try is the first', async () => {
    const { made } = uses(new Error('full'), true)
    await expect(made.isFirst(TOKEN, 'a')).rejects.toThrow('full')
    expect(await made.isFirst(TOKEN, 'a')).toBe(true)
  })

  test('the same jti of another issuer is another token', async () => {
    const { made } = uses(true, true)
    expect(await made.isFirst(TOKEN, 'a')).toBe(true)
    expect(await made.isFirst({ ...TOKEN, issuer: 'https://b.example' }, 'b')).toBe(true)
  })
})

describe('a deed is done once', () => {
  /** What comes of it, one try at a time; a name says that it was tried. */
  function deed(...comes: readonly (Problem | null | Error)[]) {
    const left = [...comes]
    const tried: number[] = []
    const work = async (): Promise<Problem | null> => {
      tried.push(tried.length)
      const next = left.shift() ?? null
      if (next instanceof Error && !(next instanceof Problem)) throw next
      return next
    }
    return { work, tried }
  }

  test('whoever repeats it is told what came of it, and it is not done again', async () => {
    const { made } = uses(true)
    const { work, tried } = deed(null)
    expect(await made.once(TOKEN, 'a', work)).toEqual({ refused: null, isAgain: false })
    expect(await made.once(TOKEN, 'a', work)).toEqual({ refused: null, isAgain: true })
    expect(await made.once(TOKEN, 'b', work)).toBeNull()
    expect(tried).toHaveLength(1)
  })

  test('two at once are one deed', async () => {
    const { made } = uses(true)
    const { work, tried } = deed(null)
    const both = await Promise.all([made.once(TOKEN, 'a', work), made.once(TOKEN, 'a', work)])
    expect(both.map((told) => told?.refused)).toEqual([null, null])
    expect(tried).toHaveLength(1)
  })

  test('a refusal is an answer, a 503 is none', async () => {
    const { made } = uses(true)
    const [away, counted] = [new Problem('directory_unavailable', 'away'), new Problem('already_counted', 'counted')]
    const { work, tried } = deed(away, counted, null)
    expect((await made.once(TOKEN, 'a', work))?.refused).toBe(away)
    expect((await made.once(TOKEN, 'a', work))?.refused).toBe(counted)
    expect((await made.once(TOKEN, 'a', work))?.refused).toBe(counted)
    expect(tried).toHaveLength(2)
  })

  test('where nothing was written it may be tried again; where nobody knows, never', async () => {
    const { made } = uses(true, false)
    const { work, tried } = deed(new StorageError('full', 'full'), new Error('a bug'), null)
    await expect(made.once(TOKEN, 'a', work)).rejects.toThrow('full')
    await expect(made.once(TOKEN, 'a', work)).rejects.toThrow('a bug')
    expect(await made.once(TOKEN, 'a', work)).toBeNull()
    expect(tried).toHaveLength(2)
  })

  test('after a restart the disk knows the token, and nobody the deed', async () => {
    const { made } = uses(false)
    const { work, tried } = deed(null)
    expect(await made.once(TOKEN, 'a', work)).toBeNull()
    expect(tried).toEqual([])
  })
})
