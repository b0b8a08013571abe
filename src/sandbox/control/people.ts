import type { Person } from '../surface.ts'
import type { DeedResult, Deeds } from '../wire.ts'
import { deedResult, patch } from './answers.ts'
import { deeds } from './bodies.ts'
import { wholePatch } from './live.ts'
import { Impossible, personOf, type Route } from './route.ts'
import { sourceOf } from './state.ts'

type Came = Omit<DeedResult, 'revision'>

/** What nobody had to answer came to pass all the same. */
const DONE: Came = { acked: true, ackMs: 0 }

/** How each deed is done. */
const DO: { readonly [D in keyof Deeds]: (person: Person, body: Deeds[D]) => Promise<Came> } = {
  click: (person, { channel, ts, actionId, ...opts }) => person.click(channel, ts, actionId, opts),
  'click-in-view': (person, { viewId, actionId, ...opts }) => person.clickInView(viewId, actionId, opts),
  suggest: (person, { actionId, typed, blockId, ...at }) =>
    person.suggest(at, actionId, typed, blockId === undefined ? {} : { blockId }),
  command: (person, { name, text, ...opts }) => person.command(name, text, opts),
  submit: (person, { viewId, values }) => person.submit(viewId, values),
  close: (person, { viewId }) => person.close(viewId).then((result) => result ?? DONE),
  'open-home': (person) => person.openHome().then(() => DONE),
  say: (person, { channel, text, ...opts }) => person.say(channel, text, opts).then(({ ts }) => ({ ...DONE, ts })),
  shortcut: (person, { callbackId }) => person.shortcut(callbackId),
  'message-shortcut': (person, { channel, ts, callbackId }) => person.messageShortcut(channel, ts, callbackId),
}

const SUMMARIES: { readonly [D in keyof Deeds]: string } = {
  click: 'Click a button of a message, or use another element of it',
  'click-in-view': 'The same in a modal or in Home',
  suggest: 'Type into an external select: what does the app offer?',
  command: 'Type a slash command',
  submit: 'Send a modal',
  close: 'Close a modal',
  'open-home': 'Open the Home tab of the app',
  say: 'Write a message',
  shortcut: 'Use a global shortcut',
  'message-shortcut': 'Use a shortcut of a message',
}

const deed = <D extends keyof Deeds>(name: D): Route<Deeds[D]> => ({
  method: 'post',
  path: `/control/people/{user}/${name}`,
  summary: SUMMARIES[name],
  body: deeds[name],
  answer: deedResult,
  async run(parts, asked) {
    const person = personOf(parts, asked)
    const result = await DO[name](person, asked.body).catch(impossible)
    return { ...result, revision: parts.sandbox.revision } satisfies DeedResult
  },
})

/** People throw a plain error, with a sentence, at what they cannot do; anything else is a bug of ours. */
function impossible(error: unknown): never {
  if (error instanceof Error && error.constructor === Error) throw new Impossible(409, error.message)
  throw error
}

const screen: Route = {
  method: 'get',
  path: '/control/people/{user}/screen',
  summary: 'What this person sees now',
  answer: patch,
  run: (parts, asked) => wholePatch(sourceOf(parts, personOf(parts, asked).id), SCREEN_RECORDS),
}

/** With how many of the latest calls and deliveries a person's screen begins. */
export const SCREEN_RECORDS = 500

export const peopleRoutes: readonly Route[] = [...(Object.keys(DO) as (keyof Deeds)[]).map(deed), screen]
