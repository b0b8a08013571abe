import { EMOJI } from './emoji-table.ts'
import { type Inline, textNode } from './tree.ts'

/** Names that Slack has and gemoji does not. */
const SLACK_NAMES = `🤖robot_face 🤔thinking_face 🤗hugging_face 🟢large_green_circle 🟡large_yellow_circle
🟠large_orange_circle 🟣large_purple_circle 🟤large_brown_circle 🟩large_green_square 🟥large_red_square
🟨large_yellow_square 🟦large_blue_square 🖊️lower_left_ballpoint_pen 🖥️desktop_computer 🛑octagonal_sign
🤦face_palm 🏴flag-england`

/** The longest names are about sixty characters; a limit keeps the search linear in the text. */
const NAME = /:([a-z0-9_+'-]{1,80})(?=:)/g
const TONE = /:skin-tone-([2-6]):/y
const FLAG = /^flag-([a-z]{2})$/
const REGIONAL_A = 0x1f1e6
const TONE_2 = 0x1f3fb

let known: ReadonlyMap<string, string> | undefined

/** The table is read when the first shortcode is met. */
function table(): ReadonlyMap<string, string> {
  const entries = `${EMOJI} ${SLACK_NAMES}`.split(/\s/).flatMap((entry) => {
    const start = entry.search(/[a-z0-9+-][a-z0-9_+,-]*$/)
    const names = entry.slice(start).split(',')
    return names.map((name): [string, string] => [name, entry.slice(0, start)])
  })
  return new Map(entries)
}

/** The characters of a shortcode's name, or undefined. A Map: `__proto__` and `constructor` are no emoji. */
export function emojiNamed(name: string): string | undefined {
  const country = FLAG.exec(name)?.[1]
  if (country !== undefined)
    return String.fromCodePoint(...Array.from(country, (letter) => REGIONAL_A + letter.charCodeAt(0) - 97))
  known ??= table()
  return known.get(name)
}

/** Text with its `:shortcodes:` as emoji. Unknown ones stay text. */
export function withEmoji(text: string): Inline[] {
  const nodes: Inline[] = []
  const pattern = new RegExp(NAME)
  let end = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const name = match[1] ?? ''
    const char = emojiNamed(name)
    if (char === undefined) continue
    if (match.index > end) nodes.push(textNode(text.slice(end, match.index)))
    end = match.index + name.length + 2
    const tone = toneAt(text, end)
    nodes.push({ kind: 'emoji', name: name + tone.name, char: char + tone.char })
    end += tone.length
    pattern.lastIndex = end
  }
  if (end < text.length) nodes.push(textNode(text.slice(end)))
  return nodes
}

/** `:wave::skin-tone-3:` is one emoji. */
function toneAt(text: string, at: number): { name: string; char: string; length: number } {
  const pattern = new RegExp(TONE)
  pattern.lastIndex = at
  const [all, tone] = pattern.exec(text) ?? []
  if (all === undefined) return { name: '', char: '', length: 0 }
  return { name: `:${all.slice(0, -1)}`, char: String.fromCodePoint(TONE_2 + Number(tone) - 2), length: all.length }
}
