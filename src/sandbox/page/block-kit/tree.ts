import type { JsonObject } from '../../json.ts'

/**
 * What a text becomes before anything is drawn: mrkdwn, plain_text and rich_text all end here, and only these kinds of
 * node can be drawn. Nobody's text can name an element, an attribute or a style.
 */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'emoji'; readonly name: string; readonly char: string }
  | { readonly kind: Style; readonly children: readonly Inline[] }
  /** `href` is http, https or mailto, and nothing else: see href.ts. */
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly Inline[] }
  | { readonly kind: 'user' | 'channel' | 'group'; readonly id: string; readonly label: string }
  | { readonly kind: 'broadcast'; readonly range: Range }
  | DateNode
  | { readonly kind: 'color'; readonly value: string }
  | { readonly kind: 'unknown'; readonly json: JsonObject }

export type Style = 'bold' | 'italic' | 'strike' | 'underline' | 'code'
export type Range = 'here' | 'channel' | 'everyone'

export interface DateNode {
  readonly kind: 'date'
  /** Seconds since 1970. */
  readonly unix: number
  /** With Slack's tokens: `{date_short_pretty} at {time}`. */
  readonly format: string
  readonly href: string | null
  /** Shown where the time or the format cannot be read. */
  readonly fallback: string
}

export type Paragraph =
  | { readonly kind: 'paragraph' | 'quote' | 'pre'; readonly children: readonly Inline[] }
  | {
      readonly kind: 'list'
      readonly ordered: boolean
      /** 0 to 8. */
      readonly indent: number
      /** Of an ordered list: the number before its first item. */
      readonly offset: number
      readonly items: readonly (readonly Inline[])[]
    }
  | { readonly kind: 'unknown'; readonly json: JsonObject }

export const textNode = (text: string): Inline => ({ kind: 'text', text })
