import type { KnownBlock } from '@slack/types'
import { linesOf } from './text.ts'

/** Slack refuses a message at about 11,341 characters of text or 17,694 of JSON; it does not document either figure. */
const MESSAGE = { blocks: 40, text: 9_000, json: 15_000, one: 3_000, lines: 100 }
/** A view may be 250 kB of 100 blocks. */
const VIEW = { blocks: 80, json: 200_000, one: 3_000 }

/** Would Slack take these blocks as a message, with its buttons still within a scroll's reach? */
export function fitsMessage(blocks: readonly KnownBlock[]): boolean {
  const texts = textsIn(blocks)
  return (
    blocks.length <= MESSAGE.blocks &&
    texts.every((text) => text.length <= MESSAGE.one) &&
    textLength(blocks) <= MESSAGE.text &&
    texts.reduce((sum, text) => sum + linesOf(text) - 1, 0) <= MESSAGE.lines &&
    JSON.stringify(blocks).length <= MESSAGE.json
  )
}

/** Would Slack take these blocks as a modal or a Home? Counted in bytes, as the limit is. */
export function fitsView(blocks: readonly KnownBlock[]): boolean {
  return (
    blocks.length <= VIEW.blocks &&
    textsIn(blocks).every((text) => text.length <= VIEW.one) &&
    Buffer.byteLength(JSON.stringify(blocks)) <= VIEW.json
  )
}

/** All characters that people read. */
export const textLength = (value: unknown): number => textsIn(value).reduce((sum, text) => sum + text.length, 0)

/** Every string under a key `text`, at whatever depth. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'text' && typeof each === 'string' ? [each] : textsIn(each),
  )
}

/** What one rendering may spend on each kind of the asker's text, in characters, lines and list items. */
export interface Allowance {
  readonly line: number
  readonly params: number
  readonly reason: number
  readonly long: number
  readonly lines: number
  readonly items: number
}

export const WHOLE: Allowance = {
  line: Number.POSITIVE_INFINITY,
  params: Number.POSITIVE_INFINITY,
  reason: Number.POSITIVE_INFINITY,
  long: Number.POSITIVE_INFINITY,
  lines: Number.POSITIVE_INFINITY,
  items: Number.POSITIVE_INFINITY,
}

/**
 * The whole where it fits, else the most generous of `lesser` that does. `whole` tells which: what was cut must not be
 * approved from here, since nobody has seen it.
 */
export function fitting(
  render: (allowance: Allowance) => KnownBlock[],
  fits: (blocks: readonly KnownBlock[]) => boolean,
  lesser: readonly Allowance[],
): { readonly blocks: KnownBlock[]; readonly whole: boolean } {
  const blocks = render(WHOLE)
  if (fits(blocks)) return { blocks, whole: true }
  for (const allowance of lesser) {
    const shorter = render(allowance)
    if (fits(shorter)) return { blocks: shorter, whole: false }
  }
  throw new Error('no allowance is small enough: the last one must fit whatever was asked')
}
