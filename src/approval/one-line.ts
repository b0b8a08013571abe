/** Controls of both kinds (a terminal obeys them), what turns or hides text, the ends of lines, and halved characters. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/gu

/**
 * A text that somebody else wrote as it may stand on one line of a terminal, a log or a message: whatever a reader could
 * not see is written out, so that two texts that differ never look alike.
 */
export const oneLine = (text: string): string =>
  text.replace(HIDDEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
