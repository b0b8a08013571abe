import { describe, expect, test } from 'vitest'
import {
  type Draft,
  initialOf,
  toggled,
  typedIn,
  valuesOf,
  withTyped,
} from '../../../../src/sandbox/page/block-kit/form.ts'

const input = (id: string, element: object = { type: 'plain_text_input' }) => ({
  type: 'input',
  block_id: id,
  element: { action_id: `${id}-action`, ...element },
})
const view = (...blocks: object[]) => ({ blocks }) as unknown as Parameters<typeof valuesOf>[0]
const empty: Draft = new Map()

describe('what a modal sends', () => {
  test('is what was touched, by block and action', () => {
    const draft = withTyped(withTyped(empty, 'a', 'a-action', 'x'), 'b', 'b-action', '')
    expect(valuesOf(view(input('a'), input('b'), input('c')), draft)).toEqual({
      a: { 'a-action': 'x' },
      b: { 'b-action': '' },
    })
  })

  test('holds elements of sections and of rows of actions too', () => {
    const section = { type: 'section', block_id: 's', accessory: { type: 'datepicker', action_id: 'd' } }
    const actions = { type: 'actions', block_id: 'r', elements: [{ type: 'users_select', action_id: 'u' }] }
    const draft = withTyped(withTyped(empty, 's', 'd', '2026-01-01'), 'r', 'u', 'U0BOB')
    expect(valuesOf(view(section, actions), draft)).toEqual({ s: { d: '2026-01-01' }, r: { u: 'U0BOB' } })
  })

  test('sends several values as a list, whatever stands in them', () => {
    const boxes = input('c', { type: 'checkboxes' })
    const chosen = withTyped(empty, 'c', 'c-action', toggled(['a'], 'b,c'))
    expect(valuesOf(view(boxes), chosen)).toEqual({ c: { 'c-action': ['a', 'b,c'] } })
    const none = withTyped(empty, 'c', 'c-action', toggled(['b,c'], 'b,c'))
    expect(valuesOf(view(boxes), none)).toEqual({ c: { 'c-action': [] } })
  })

  test('leaves out what an update took away, and keeps what it kept', () => {
    const draft = withTyped(withTyped(empty, 'a', 'a-action', 'x'), 'gone', 'gone-action', 'y')
    const updated = view(input('a', { type: 'plain_text_input', multiline: true }))
    expect(valuesOf(updated, draft)).toEqual({ a: { 'a-action': 'x' } })
  })

  test('survives ids that every object has', () => {
    const id = '__proto__'
    const block = { type: 'input', block_id: id, element: { type: 'plain_text_input', action_id: id } }
    const draft = withTyped(empty, id, id, 'x')
    expect(JSON.stringify(valuesOf(view(block), draft))).toBe('{"__proto__":{"__proto__":"x"}}')
    expect(typedIn(empty, 'constructor', 'constructor')).toBeUndefined()
  })

  test('does not mistake one pair of ids for another', () => {
    expect(typedIn(withTyped(empty, 'a","b', 'c', 'x'), 'a', 'b","c')).toBeUndefined()
  })
})

test.each([
  [{ initial_value: 'x' }, 'x'],
  [{ initial_option: { value: 'o' } }, 'o'],
  [{ initial_options: [{ value: 'a' }, { value: 'b,c' }] }, '["a","b,c"]'],
  [{ initial_options: [] }, ''],
  [{ initial_user: 'U0BOB' }, 'U0BOB'],
  [{ initial_users: ['U0BOB', 'U0EVE'] }, '["U0BOB","U0EVE"]'],
  [{ initial_channels: ['C0PROD'] }, '["C0PROD"]'],
  [{ initial_date: '2026-01-01' }, '2026-01-01'],
  [{ initial_date_time: 1_700_000_000 }, '1700000000'],
  [{ initial_value: { type: 'rich_text', elements: [{ elements: [{ type: 'text', text: 'a' }] }] } }, 'a'],
  [{}, ''],
  [{ initial_value: null }, ''],
])('an element with %j begins with %j', (element, value) => {
  expect(initialOf(element)).toBe(value)
})
