import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts'
import type { JsonObject } from '../../../src/sandbox/json.ts'
import { placeInWords, readProblem, valueAt } from '../../../src/sandbox/page/developer/pointer.ts'
import { call } from '../call.ts'

const section = (length: number) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } })

describe('the limit that was broken', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ rateLimits: false })
  })
  afterAll(() => sandbox.stop())

  /** What the sandbox really answers, read beside what was really sent. */
  const refused = async (blocks: object[]) => {
    const args = { channel: 'C0PROD', blocks }
    const { body } = await call(sandbox, 'chat.postMessage', args)
    const { messages } = body.response_metadata as { messages: string[] }
    return messages.map((line) => readProblem(line, args as unknown as JsonObject))
  }

  it('is shown with its place counted from one, how far off it is, and what was sent', async () => {
    const [problem, ...others] = await refused([{ type: 'divider' }, section(3_120)])
    expect(others).toEqual([])
    expect(problem).toMatchObject({
      sentence: 'must be less than 3001 characters',
      pointer: '/blocks/1/text/text',
      place: 'block 2 (section) › text › text',
      measured: 'It has 3,120 characters; 3,000 are allowed.',
    })
    expect(problem?.excerpt).toMatch(/^"x{119}…$/)
  })

  it('counts the items of a list that is too long', async () => {
    const [problem] = await refused(Array.from({ length: 51 }, () => ({ type: 'divider' })))
    expect(problem).toMatchObject({ place: 'blocks', measured: 'It has 51 items; 50 are allowed.' })
  })

  it('names every one of several', async () => {
    const problems = await refused([{ type: 'banner' }, section(0)])
    expect(problems).toEqual([
      {
        sentence: 'unsupported type: banner',
        pointer: '/blocks/0/type',
        place: 'block 1 (banner) › type',
        excerpt: '"banner"',
      },
      {
        sentence: 'must be more than 0 characters',
        pointer: '/blocks/1/text/text',
        place: 'block 2 (section) › text › text',
        excerpt: '""',
      },
    ])
  })
})

describe('a line of Slack', () => {
  it('without a pointer is a sentence alone', () => {
    expect(readProblem('[ERROR] missing required field: channel', {})).toEqual({
      sentence: 'missing required field: channel',
    })
  })

  it('that points at what is not there says so instead of failing', () => {
    const problem = readProblem('must provide a string [json-pointer:/blocks/7/text]', { blocks: 'no list' })
    expect(problem).toMatchObject({ place: 'blocks › 7 › text', excerpt: '(nothing was sent there)' })
    expect(problem.measured).toBeUndefined()
  })

  it('is kept whole where it is of another form', () => {
    expect(readProblem('', {})).toEqual({ sentence: '' })
    expect(readProblem('two\nlines', {})).toEqual({ sentence: 'two\nlines' })
  })
})

describe('a JSON pointer', () => {
  const root = {
    view: { blocks: [{ type: 'actions', elements: [{ type: 'button', value: 'v' }] }] },
    'a/b~c': [1, [2]],
  }

  it('finds the value, with escapes (RFC 6901)', () => {
    expect(valueAt(root, '/view/blocks/0/elements/0/value')).toBe('v')
    expect(valueAt(root, '/a~1b~0c/1/0')).toBe(2)
    expect(valueAt(root, '')).toBe(root)
  })

  it('finds nothing that was inherited', () => {
    expect(valueAt(root, '/view/constructor')).toBeUndefined()
    expect(valueAt(root, '/view/toString/name')).toBeUndefined()
    expect(valueAt(root, '/view/blocks/length/x')).toBeUndefined()
  })

  it('reads as a place', () => {
    expect(placeInWords(root, '/view/blocks/0/elements/0/value')).toBe(
      'view › block 1 (actions) › element 1 (button) › value',
    )
    expect(placeInWords(root, '/a~1b~0c/1/0')).toBe('a/b~c › 2 › 1')
    expect(placeInWords(root, '')).toBe('the whole')
  })
})
