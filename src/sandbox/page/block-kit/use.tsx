import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { JsonObject } from '../../json.ts'
import { Confirm } from './confirm.tsx'
import { initialOf, sentOf } from './form.ts'
import { isObject, stringIn } from './read.ts'
import { useDeed, useSurface } from './surface.ts'

export interface ElementProps {
  readonly element: JsonObject
  readonly blockId: string
  /** Of the input block around it. */
  readonly field: Field | null
}

export interface Field {
  readonly id: string
  readonly labelId: string
  /** Ids of its error and its hint. */
  readonly describedBy: string
  readonly isWrong: boolean
  readonly isRequired: boolean
  /** Its use is told to the app at once. */
  readonly dispatches: boolean
}

export interface Use {
  readonly busy: boolean
  /** Asks first where the element says so. `then` is called when it is really sent. */
  readonly use: (choice?: string, then?: () => void) => void
  /** What the element shows beside itself: its question, and why it did not work. */
  readonly aside: VNode
}

/** How an element that is not part of a form tells the app that it was used. */
export function useUse({ element, blockId }: ElementProps): Use {
  const { busy, problem, run } = useDeed()
  const [asked, setAsked] = useState<{ yes: () => void } | null>(null)
  const { confirm } = element
  const use = (choice?: string, then?: () => void) => {
    const send = () => {
      setAsked(null)
      then?.()
      const chosen = choice === undefined ? {} : { choice: sentOf(element, choice) }
      void run({ actionId: stringIn(element.action_id), blockId, ...chosen })
    }
    if (isObject(confirm)) setAsked({ yes: send })
    else send()
  }
  const aside = (
    <>
      {asked && isObject(confirm) && <Confirm confirm={confirm} yes={asked.yes} no={() => setAsked(null)} />}
      {problem !== '' && (
        <span class="bk-problem" role="alert">
          {problem}
        </span>
      )}
    </>
  )
  return { busy, use, aside }
}

export interface Value extends Omit<Use, 'use'> {
  readonly value: string
  /** @param sends false while somebody is still typing. */
  readonly change: (value: string, sends?: boolean) => void
}

/** What an element holds: in a modal kept by its form, elsewhere by itself until the app shows another. */
export function useValue(props: ElementProps): Value {
  const { element, blockId, field } = props
  const { form } = useSurface()
  const { use, ...rest } = useUse(props)
  const initial = initialOf(element)
  const [own, setOwn] = useState({ initial, value: initial })
  const actionId = stringIn(element.action_id)
  const typed = form ? form.typed(blockId, actionId) : own.initial === initial ? own.value : undefined
  const hold = (value: string) => (form ? form.type(blockId, actionId, value) : setOwn({ initial, value }))
  const change = (value: string, sends = field === null || field.dispatches) => {
    if (sends) use(value, () => hold(value))
    else hold(value)
  }
  return { ...rest, value: typed ?? initial, change }
}

export interface ControlProps {
  readonly 'data-action-id': string
  readonly 'data-block-id': string
  readonly 'data-focus'?: true
  readonly id?: string
  readonly 'aria-label'?: string
  readonly 'aria-required'?: boolean
  readonly 'aria-invalid'?: boolean
  readonly 'aria-describedby'?: string
}

/** What every control says of itself to tests and to screen readers. @param name where no label stands beside it. */
export function controlProps({ element, blockId, field }: ElementProps, name: string): ControlProps {
  const isFirst = element.focus_on_load === true
  return {
    'data-action-id': stringIn(element.action_id),
    'data-block-id': blockId,
    ...(isFirst ? { 'data-focus': true } : {}),
    ...(field ? fieldProps(field) : { 'aria-label': name }),
  }
}

const fieldProps = ({ id, describedBy, isRequired, isWrong }: Field) => ({
  id,
  'aria-required': isRequired,
  'aria-invalid': isWrong,
  ...(describedBy === '' ? {} : { 'aria-describedby': describedBy }),
})

/** The same of a group of controls, which ARIA calls neither required nor invalid. */
export function groupProps(props: ElementProps, name: string) {
  const { 'aria-required': _required, 'aria-invalid': _invalid, ...rest } = controlProps(props, name)
  return props.field ? { ...rest, 'aria-labelledby': props.field.labelId } : rest
}
