import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { policyJsonSchema } from '../../src/policy/json-schema.ts'
import { parsePolicy } from '../../src/policy/load.ts'
import { HEAD } from './policies.ts'

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const published: Record<string, unknown> = JSON.parse(read('schema/policy.schema.json'))
const validate = new Ajv({ strict: true, strictTypes: false, allErrors: true }).compile(published)

describe('the published JSON Schema of the policy file', () => {
  it('is the one that the reader has: run `npm run schema` after a change', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())))
  })

  it('accepts the documented example, which names it for editors', () => {
    const text = read('policy.example.yaml')
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./schema/policy.schema.json')
    validate(parse(text))
    expect(validate.errors).toBe(null)
  })

  it('is part of the package', () => {
    expect(JSON.parse(read('package.json')).files).toContain('schema')
  })

  it.each([
    ['an unknown field', `${HEAD}admin: []\n`],
    ['an unknown field of a rule', `${HEAD}rules: [{ id: a, match: { action: x }, effect: deny, whenn: x }]\n`],
    ['an unknown effect', `${HEAD}rules: [{ id: a, match: { action: x }, effect: maybe }]\n`],
    ['a rule without a match', `${HEAD}rules: [{ id: a, effect: deny }]\n`],
    ['a wrong duration', `${HEAD}defaults: { ttl: 5 min }\n`],
    ['a user id that is none', `${HEAD}admins: [alice]\n`],
    [
      'a day that is none',
      `${HEAD}rules: [{ id: a, match: { action: x }, effect: deny, during: { days: [friday] } }]\n`,
    ],
    ['an empty list of globs', `${HEAD}rules: [{ id: a, match: { action: [] }, effect: deny }]\n`],
    ['a claim of the wrong form', `${HEAD}issuers: [{ id: a, audience: a, require: { sub: true } }]\n`],
    ['a reserved word', `${HEAD}rules: [{ id: a, match: { action: x }, effect: deny, step_up: true }]\n`],
  ])('refuses %s, as the reader does', (_name, text) => {
    expect(validate(parse(text))).toBe(false)
    expect('problems' in parsePolicy(text)).toBe(true)
  })

  it('accepts what the reader accepts: one or many, numbers and texts, every case of a login', () => {
    const text = `${HEAD}people: [{ github: [Alice-GH], github_ids: [583231, "9007199254740993"] }]
issuers: [{ id: gh, preset: github, audience: a, require: { repository_owner_id: [1, "2"], ref: refs/heads/main } }]
rules:
  - { id: a, match: { action: [x, "y.*"] }, effect: deny, during: { days: [fri], zone: UTC } }
  - { id: b, match: { action: x }, effect: deny, during: [{ from: "16:00", zone: UTC }, { dates: { from: 2026-12-20 }, zone: UTC }] }
`
    validate(parse(text))
    expect(validate.errors).toBe(null)
    expect('policy' in parsePolicy(text)).toBe(true)
  })
})
