import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ACTION, buttonValue } from '../../src/slack/cards/ids.ts'
import { type Mode, type Stage, type StageOptions, stage, told } from './door.ts'

/** What the tests of Bolt's traps have in common. */

/** A stage that ends with its test. */
export async function staged(mode: Mode, options: StageOptions = {}): Promise<Stage> {
  const on = await stage(mode, options)
  onTestFinished(() => on.stop())
  return on
}

/** A rejection that nobody handles would end the process of an operator. */
export function unhandled(): readonly unknown[] {
  const caught: unknown[] = []
  const note = (reason: unknown) => void caught.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return caught
}

export const called = (on: Stage, method: string) => on.sandbox.calls.filter((call) => call.method === method)

export const decisions = async (on: Stage, id: string) => (await on.store.request(id))?.decisions

/** How often a line with these words was logged. */
export const loggedTimes = (on: Stage, words: string): number => on.logged.filter((line) => line.includes(words)).length

/** The payload of a click of Bob's on Approve of a fresh request, as Slack would send it; it was not sent yet. */
export async function unsentClick(on: Stage) {
  const { request, card } = await on.askAndPost()
  const bob = on.sandbox.as('U0BOB')
  await bob.click(card.channel, card.ts, 'probe', { overrideValue: 'x' })
  await told(bob, /nothing was done/)
  const delivery = on.sandbox.lastDelivery()
  if (!delivery) throw new Error('nothing was delivered')
  const { actions } = delivery.payload
  const [first] = Array.isArray(actions) ? actions : []
  if (typeof first !== 'object' || first === null) throw new Error('no action was delivered')
  const action = { ...first, action_id: ACTION.approve, value: buttonValue(request) }
  const payload = { ...delivery.payload, trigger_id: `${Date.now()}.1.fresh`, actions: [action] }
  return { request, card, payload, bob }
}

const SRC = join(import.meta.dirname, '../../src')

/** Every file that sets Bolt or the SDK up, without comments. */
export function setUps(): readonly (readonly [file: string, code: string])[] {
  const room = readdirSync(join(SRC, 'slack'), { recursive: true, encoding: 'utf8' })
  const files = ['serve.ts', ...room.filter((name) => name.endsWith('.ts')).map((name) => `slack/${name}`)]
  return files.map((file) => [file, readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')])
}

/** The files that hold `pattern`, each with the reason against it: an empty list is what a test wants. */
export const offenders = (pattern: RegExp, because: string): readonly string[] =>
  setUps().flatMap(([file, code]) => (pattern.test(code) ? [`${file}: ${pattern.source}: ${because}`] : []))
