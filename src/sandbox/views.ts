import { ApiError, beyond } from './api-error.ts'
import { newHash, newId } from './ids.ts'
import { initialState, stateOf } from './inputs.ts'
import { type JsonObject, objectsOf, textOf } from './json.ts'
import { APP } from './seed.ts'
import type { View } from './types.ts'
import type { Workspace } from './workspace.ts'

const STACK = 3
const NONE: readonly View[] = []

/** Which modals every person has open, and every person's Home. */
export class Views {
  readonly #stacks = new Map<string, readonly View[]>()
  readonly #homes = new Map<string, View>()
  readonly #workspace: Workspace

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  stack(userId: string): readonly View[] {
    return this.#stacks.get(userId) ?? NONE
  }

  home(userId: string): View | undefined {
    return this.#homes.get(userId)
  }

  /** A modal opened from outside any modal replaces what was open: the person must have closed that to click there. */
  open(userId: string, draft: JsonObject, inModal: boolean): View {
    return this.#putOnTop(userId, inModal ? this.stack(userId) : [], draft)
  }

  push(userId: string, draft: JsonObject): View {
    const stack = this.stack(userId)
    if (stack.length === 0) throw new ApiError('not_found')
    return this.#putOnTop(userId, stack, draft)
  }

  publish(userId: string, draft: JsonObject, hash: string | undefined): View {
    const old = this.#homes.get(userId)
    refuseStale(old, hash)
    this.#refuseTakenExternalId(draft, old?.id)
    const id = old?.id ?? newId('V')
    const view = this.#make(userId, draft, { id, root_view_id: id, previous_view_id: null })
    this.#homes.set(userId, view)
    return view
  }

  update(key: { viewId: string } | { externalId: string }, draft: JsonObject, hash?: string): View {
    const found = this.#all().find(({ view }) =>
      'viewId' in key ? view.id === key.viewId : view.external_id === key.externalId,
    )
    if (!found) throw new ApiError('not_found')
    refuseStale(found.view, hash)
    return this.replace(found.userId, found.view, draft)
  }

  /** The same place in the stack, a new content and hash. What was typed stays in the inputs that stay. */
  replace(userId: string, old: View, draft: JsonObject): View {
    this.#refuseTakenExternalId(draft, old.id)
    const { id, root_view_id, previous_view_id } = old
    const view = this.#make(userId, draft, { id, root_view_id, previous_view_id })
    if (view.type !== old.type) throw new ApiError('invalid_arguments')
    return this.#put(userId, { ...view, state: { values: stateOf(view.blocks, old.state.values) } })
  }

  /** Closes one modal, or all of them; answers what went, top first. */
  close(userId: string, viewId: string | 'all'): readonly View[] {
    const stack = this.stack(userId)
    const gone = viewId === 'all' ? stack : stack.filter((view) => view.id === viewId)
    this.#stacks.set(
      userId,
      stack.filter((view) => !gone.includes(view)),
    )
    return gone.toReversed()
  }

  setState(userId: string, view: View, state: View['state']): View {
    // The app may have written the view anew since it was read.
    const now = [...this.stack(userId), this.home(userId)].find((each) => each?.id === view.id) ?? view
    return this.#put(userId, { ...now, state })
  }

  /** In the place of the view with the same id. */
  #put(userId: string, view: View): View {
    if (view.type === 'home') this.#homes.set(userId, view)
    else
      this.#stacks.set(
        userId,
        this.stack(userId).map((open) => (open.id === view.id ? view : open)),
      )
    return view
  }

  #putOnTop(userId: string, stack: readonly View[], draft: JsonObject): View {
    if (stack.length >= STACK) throw beyond('push_limit_reached', `at most ${STACK} modals stand on each other`)
    this.#refuseTakenExternalId(draft, undefined)
    const id = newId('V')
    const below = stack.at(-1)
    const view = this.#make(userId, draft, {
      id,
      root_view_id: below?.root_view_id ?? id,
      previous_view_id: below?.id ?? null,
    })
    this.#stacks.set(userId, [...stack, view])
    return view
  }

  #make(userId: string, draft: JsonObject, place: Pick<View, 'id' | 'root_view_id' | 'previous_view_id'>): View {
    const blocks = objectsOf(draft.blocks)
    const part = (name: string) => (draft[name] as JsonObject | undefined) ?? null
    return {
      ...place,
      team_id: this.#workspace.users.get(userId)?.team_id ?? this.#workspace.team.id,
      type: draft.type === 'home' ? 'home' : 'modal',
      title: part('title'),
      submit: part('submit'),
      close: part('close'),
      blocks,
      private_metadata: textOf(draft.private_metadata),
      callback_id: textOf(draft.callback_id),
      external_id: textOf(draft.external_id),
      state: { values: initialState(blocks) },
      hash: newHash(),
      clear_on_close: draft.clear_on_close === true,
      notify_on_close: draft.notify_on_close === true,
      app_id: APP.id,
      app_installed_team_id: this.#workspace.team.id,
      bot_id: APP.botId,
    }
  }

  #all(): { userId: string; view: View }[] {
    const stacked = [...this.#stacks].flatMap(([userId, stack]) => stack.map((view) => ({ userId, view })))
    return [...stacked, ...[...this.#homes].map(([userId, view]) => ({ userId, view }))]
  }

  #refuseTakenExternalId(draft: JsonObject, own: string | undefined): void {
    const externalId = textOf(draft.external_id)
    const taken = this.#all().some(({ view }) => view.external_id === externalId && view.id !== own)
    if (externalId !== '' && taken)
      throw beyond('duplicate_external_id', `another view of the team has the external_id ${externalId}`)
  }
}

function refuseStale(view: View | undefined, hash: string | undefined): void {
  if (hash !== undefined && view?.hash !== hash)
    throw beyond('hash_conflict', `the view was changed since: its hash is ${view?.hash ?? 'gone'}, not ${hash}`)
}
