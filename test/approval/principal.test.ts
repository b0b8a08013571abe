import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closure, emailIdentity, type Identity, type People, samePerson } from '../../src/approval/principal.ts'

test.each([
  'ALICE@Example.COM',
  ' alice@example.com',
  'alice@example.com ',
  'alice@example.com.',
  'alice+ci@example.com',
])('B2 B3 the spelling %j is the same mailbox as alice@example.com', (written) => {
  expect(emailIdentity(written)).toBe('email:alice@example.com')
})

test.each([
  ['a Cyrillic a', 'аlice@example.com'],
  ['fullwidth letters', 'ａｌｉｃｅ@example.com'],
  ['a fullwidth at sign', 'alice＠example.com'],
  ['the Turkish dotted capital I', 'alİce@example.com'],
  ['the Turkish dotless i', 'alıce@example.com'],
  ['a ligature', 'ﬁona@example.com'],
  ['an accent', 'álice@example.com'],
  ['a look-alike domain', 'alice@exаmple.com'],
  ['a zero-width character', 'al\u200bice@example.com'],
  ['nothing before the plus', '+ci@example.com'],
  ['no domain', 'alice@'],
  ['no mailbox', '@example.com'],
  ['two at signs', 'alice@evil.com@example.com'],
  ['a line break', 'alice@example.com\nbob@example.com'],
  ['a space inside', 'al ice@example.com'],
  ['nothing', ''],
])('B4 an address with %s is never mapped to somebody', (_what, written) => {
  expect(emailIdentity(written)).toBeNull()
})

test('an address that is mapped once is mapped to itself ever after', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      const identity = emailIdentity(address)
      fc.pre(identity !== null)
      expect(emailIdentity(identity.slice('email:'.length))).toBe(identity)
    }),
  )
})

const identity: fc.Arbitrary<Identity> = fc
  .tuple(fc.constantFrom('slack', 'email', 'github', 'gitlab', 'os'), fc.constantFrom('a', 'b', 'c', 'd'))
  .map(([kind, name]): Identity => `${kind as 'slack'}:${name}`)
const people: fc.Arbitrary<People> = fc.array(fc.array(identity, { maxLength: 4 }), { maxLength: 8 })

/** Joined by a chain of links? Walks the chain itself, one identity at a time. */
function isLinked(from: Identity, to: Identity, links: People): boolean {
  const seen = new Set([from])
  const next = [from]
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (at === to) return true
    for (const person of links) {
      if (!person.includes(at)) continue
      for (const other of person) {
        if (seen.has(other)) continue
        seen.add(other)
        next.push(other)
      }
    }
  }
  return false
}

test('INV3 the closure holds exactly whom a chain of links reaches', () => {
  fc.assert(
    fc.property(identity, identity, people, (a, b, links) => {
      expect(closure([a], links).has(b)).toBe(isLinked(a, b, links))
    }),
    { numRuns: 2000 },
  )
})

test('INV3 being one person is symmetric and transitive, and the order of the links does not matter', () => {
  fc.assert(
    fc.property(identity, identity, identity, people, (a, b, c, links) => {
      const of = (who: Identity) => closure([who], links)
      expect(of(a).has(b)).toBe(of(b).has(a))
      if (of(a).has(b) && of(b).has(c)) expect(of(a).has(c)).toBe(true)
      expect([...closure([a], [...links].reverse())].sort()).toEqual([...of(a)].sort())
      expect(samePerson(of(a), of(b))).toBe(of(a).has(b))
    }),
    { numRuns: 1000 },
  )
})

test('a closure that is closed again stays as it is', () => {
  fc.assert(
    fc.property(fc.array(identity), people, (start, links) => {
      const once = closure(start, links)
      expect(closure(once, links)).toEqual(once)
    }),
  )
})
