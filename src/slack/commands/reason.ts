import type { Message } from '../replies.ts'

const LONGEST = 1_000

/** A reason typed behind a command: as it stands, or what is wrong with it. */
export const readReason = (typed: string | null): string | null | Message =>
  typed !== null && typed.length > LONGEST
    ? { text: `A reason may have ${LONGEST} characters at most, and this one has ${typed.length}. Nothing was done.` }
    : typed
