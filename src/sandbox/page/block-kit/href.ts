const PROTOCOLS = ['http:', 'https:', 'mailto:']
const BEGINNING = /^(?:https?:\/\/[^/\\\s]|mailto:[^\s])/i
/** Browsers skip these when they read an address, people do not see them: `java\tscript:`, a bidi override in a host. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Z}\p{Cs}]/u

/**
 * The address as the browser will read it, or null where it is no http, https or mailto one. What is refused stays text:
 * `javascript:`, `data:` and their disguises never reach an `href`.
 */
export function safeHref(address: string): string | null {
  if (!BEGINNING.test(address) || HIDDEN.test(address) || !URL.canParse(address)) return null
  const { protocol, href } = new URL(address)
  return PROTOCOLS.includes(protocol) ? href : null
}

const TRAILING = '.,;:!?\'"*_~)]}'

/** A bare address without the punctuation of the sentence around it. */
export function withoutTrailing(address: string): string {
  let end = address.length
  while (end > 0 && TRAILING.includes(address.charAt(end - 1))) end -= 1
  return address.slice(0, end)
}
