import { describe, expect, test } from 'vitest'
import { type BesideState, besidePatched, NOTHING_YET } from '../../../src/demo/page/beside-state.ts'
import {
  ASKS,
  begin,
  moved,
  openApprovers,
  type Progress,
  readProgress,
  type Scene,
  STEPS,
  skipped,
} from '../../../src/demo/page/tour-steps.ts'
import { guidance } from '../../../src/demo/page/tour-words.ts'
import type { AuditEntryView, Check, PipelineView, RunState, RunView } from '../../../src/demo/wire.ts'

const CARD = { channel: 'C0APPROVALS', ts: '1700000010.000100' }
const WHOLE: Check = { whole: true, entries: 3 }

const pipeline = (id: string, operator: string, approverIds: readonly string[]): PipelineView => ({
  ...{ id, operator, approverIds, title: `The ${id}`, kind: 'agent', client: id, action: 'data.export' },
  ...{ resource: null, environment: null, about: '', lookFor: '', channel: CARD.channel, approvers: '', body: '{}' },
})

const PIPELINES = [
  pipeline(ASKS.own, 'U0BOB', ['U0CAROL', 'U0DAVE']),
  pipeline(ASKS.deny, 'U0ADMIN', ['U0ERIN']),
  pipeline(ASKS.expire, 'U0ALICE', ['U0CAROL']),
]

const run = (pipelineId: string, state: RunState, more: Partial<RunView> = {}): RunView => ({
  ...{ id: `run-${pipelineId}`, pipelineId, startedAt: 0, requestId: `req_${pipelineId}`, expiresAt: 60_000, state },
  ...{ ended: ['done', 'denied', 'expired', 'cancelled', 'refused', 'failed'].includes(state) },
  ...{ told: '', card: CARD, transcript: [] },
  ...more,
})

const entry = (seq: number, type: string, person: string, pipelineId: string): AuditEntryView => ({
  ...{ seq, type, actor: `slack:T0SANDBOX:${person}`, requestId: `req_${pipelineId}`, at: '2026-11-20T10:00:00.000Z' },
  ...{ summary: '', envelope: '{}', body: null, bodyCut: false },
})

interface Facts {
  readonly runs?: readonly RunView[]
  readonly entries?: readonly AuditEntryView[]
  readonly check?: Check
}

function scene({ runs = [], entries = [], check = WHOLE }: Facts, more: Partial<Scene> = {}): Scene {
  const head = { size: entries.length, root: '00' }
  const audit = { entries, gone: [], head, check, checkedAt: 0, tampered: [] }
  const beside: BesideState = besidePatched(NOTHING_YET, { first: true, pipelines: PIPELINES, runs, audit })
  const people = ['Bob', 'Carol', 'Dave', 'Erin'].map((name) => ({ id: `U0${name.toUpperCase()}`, real_name: name }))
  return { viewer: 'U0BOB', people, ephemerals: [], panel: 'pipelines', beside, ...more }
}

const at = (step: Progress['step'], past: readonly string[] = []): Progress => ({ step, past, came: 'reached' })
const told = { ephemerals: [{ channel: CARD.channel, ts: '1700000020.000100' }] }

describe('the tour goes on by facts alone', () => {
  test('nothing moves while nothing happens', () => {
    for (const step of STEPS) {
      const progress = at(step)
      expect(moved(progress, scene({})), step).toBe(progress)
    }
  })

  test('asking is over once its card is there', () => {
    const asked = scene({ runs: [run(ASKS.own, 'asking', { card: null })] })
    expect(moved(at('ask'), asked).step).toBe('ask')
    expect(moved(at('ask'), scene({ runs: [run(ASKS.own, 'waiting')] })).step).toBe('own')
  })

  test('a run from before the tour does not count', () => {
    const before = scene({ runs: [run(ASKS.own, 'waiting')] })
    expect(moved(begin(before), before).step).toBe('ask')
  })

  test('another pipeline’s run does not count', () => {
    expect(moved(at('ask'), scene({ runs: [run(ASKS.deny, 'waiting')] })).step).toBe('ask')
  })

  test('the refusal of one’s own ask counts when the log has it and the operator was told', () => {
    const runs = [run(ASKS.own, 'waiting')]
    const entries = [entry(1, 'decision.refused', 'U0BOB', ASKS.own)]
    expect(moved(at('own'), scene({ runs }, told)).step).toBe('own')
    expect(moved(at('own'), scene({ runs, entries })).step).toBe('own')
    expect(moved(at('own'), scene({ runs, entries }, told)).step).toBe('other')
    expect(moved(at('own'), scene({ runs, entries }, { viewer: 'U0CAROL' })).step).toBe('other')
  })

  test('what was told before the card was posted is about something else', () => {
    const facts = { runs: [run(ASKS.own, 'waiting')], entries: [entry(1, 'decision.refused', 'U0BOB', ASKS.own)] }
    const early = { ephemerals: [{ channel: CARD.channel, ts: '1700000001.000100' }] }
    expect(moved(at('own'), scene(facts, early)).step).toBe('own')
  })

  test('somebody else’s refusal, or one of another ask, is not the operator’s', () => {
    const runs = [run(ASKS.own, 'waiting')]
    for (const other of [
      entry(1, 'decision.refused', 'U0ERIN', ASKS.own),
      entry(1, 'decision.refused', 'U0BOB', 'x'),
    ]) {
      expect(moved(at('own'), scene({ runs, entries: [other] }, told)).step).toBe('own')
    }
  })

  test('a yes is the end of a step only once it was used', () => {
    const stepWith = (state: RunState) => moved(at('other'), scene({ runs: [run(ASKS.own, state)] })).step
    expect(stepWith('waiting')).toBe('other')
    expect(stepWith('approved')).toBe('other')
    expect(stepWith('consumed')).toBe('deny')
    expect(stepWith('done')).toBe('deny')
  })

  test('whoever approves at once passes the refusal by, and nothing is said of it', () => {
    const after = moved(at('own'), scene({ runs: [run(ASKS.own, 'done')] }))
    expect(after.step).toBe('deny')
    expect(guidance(after, scene({})).lead).toContain('Approved')
  })

  test('denied, expired and tampered each end their step', () => {
    expect(moved(at('deny'), scene({ runs: [run(ASKS.deny, 'denied')] })).step).toBe('expire')
    expect(moved(at('expire'), scene({ runs: [run(ASKS.expire, 'expired')] })).step).toBe('tamper')
    const check = { whole: false, seq: 2, problem: 'the body is not the one that was written' } as const
    expect(moved(at('tamper'), scene({ check })).step).toBe('end')
  })
})

describe('a run that ended otherwise', () => {
  test('sends the tour back to ask anew, and is not counted again', () => {
    for (const state of ['denied', 'expired', 'cancelled', 'refused'] as const) {
      const after = moved(at('own'), scene({ runs: [run(ASKS.own, state)] }))
      expect(after).toEqual({ step: 'ask', past: [`run-${ASKS.own}`], came: 'again' })
      expect(guidance(after, scene({})).lead).toContain('another way')
    }
  })

  test('an approved ask of the deny step is no denial', () => {
    const after = moved(at('deny'), scene({ runs: [run(ASKS.deny, 'done')] }))
    expect(after).toEqual({ step: 'deny', past: [`run-${ASKS.deny}`], came: 'again' })
  })

  test('the newest run that counts is the one', () => {
    const runs = [run(ASKS.deny, 'done'), run(ASKS.deny, 'denied', { id: 'second' })]
    expect(moved(at('deny', [`run-${ASKS.deny}`]), scene({ runs })).step).toBe('expire')
  })
})

describe('what the tour says', () => {
  test('a skipped step is not spoken of as if it had happened', () => {
    const after = skipped(at('own'))
    expect(after).toMatchObject({ step: 'other', came: 'skipped' })
    expect(guidance(after, scene({ runs: [run(ASKS.own, 'waiting')] })).lead).toBeNull()
  })

  test('what was reached is spoken of until the step’s own ask is under way', () => {
    expect(guidance(at('deny'), scene({})).lead).toContain('Approved')
    expect(guidance(at('deny'), scene({ runs: [run(ASKS.deny, 'waiting')] })).lead).toBeNull()
  })

  test('every step but the last shows where to look', () => {
    for (const step of STEPS) {
      const { show, text } = guidance(at(step), scene({}))
      expect(text, step).not.toBe('')
      expect(show === null, step).toBe(step === 'end')
    }
  })

  test('the next approver is one who may and has not', () => {
    const waiting = run(ASKS.own, 'waiting')
    const entries = [entry(1, 'decision.recorded', 'U0CAROL', ASKS.own)]
    expect(openApprovers(waiting, scene({ runs: [waiting] }))).toEqual(['U0CAROL', 'U0DAVE'])
    expect(openApprovers(waiting, scene({ runs: [waiting], entries }))).toEqual(['U0DAVE'])
    const { text, show } = guidance(at('other'), scene({ runs: [waiting], entries }))
    expect(text).toContain('One yes is in')
    expect(text).toContain('Dave')
    expect(show).toMatchObject({ become: 'U0DAVE', card: CARD })
  })

  test('the wait for the expiry has its end', () => {
    expect(guidance(at('expire'), scene({ runs: [run(ASKS.expire, 'waiting')] })).until).toBe(60_000)
    expect(guidance(at('expire'), scene({})).until).toBeNull()
  })
})

describe('what was kept of a tour', () => {
  test('comes back as it was', () => {
    const progress: Progress = { step: 'deny', past: ['a', 'b'], came: 'skipped' }
    expect(readProgress(JSON.stringify(progress))).toEqual(progress)
  })

  test('anything else begins anew', () => {
    const others = [null, '', 'closed', '7', '{}', '{"step":"nowhere","past":[],"came":"started"}']
    const wrong = ['{"step":"ask","past":[1],"came":"started"}', '{"step":"ask","past":[],"came":"never"}']
    for (const text of [...others, ...wrong]) expect(readProgress(text), String(text)).toBeNull()
  })
})
