import { z } from '@hono/zod-openapi'

/** Breaks of a line and every control character: what stands on one line of a card must stay there. */
const ONE_LINE = /^[^\p{Cc}\u2028\u2029]*$/u
/** Or nothing at all, which another check names. */
const SOMETHING = /\S|^$/
const DIGEST = /^sha256:[0-9a-f]{64}$/

/** A text that says something. Kept byte for byte: nothing is trimmed, and nothing is normalised. */
export const text = (most: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(most, `must be at most ${most} characters long`)
    .regex(SOMETHING, 'must not be white space alone')

/** As {@link text}, on one line. Each pattern is linear, for it runs before anybody looked at the length. */
export const line = (most: number) =>
  text(most).regex(ONE_LINE, 'must be one line without control characters').openapi({ pattern: ONE_LINE.source })

export const digest = z
  .string()
  .regex(DIGEST, 'must be "sha256:" and 64 lower-case hex digits')
  .openapi({ example: `sha256:${'0'.repeat(64)}` })

export const wholeNumber = (least: number, most: number) =>
  z
    .int(`must be a whole number from ${least} to ${most}`)
    .min(least, `must be a whole number from ${least} to ${most}`)
    .max(most, `must be a whole number from ${least} to ${most}`)
