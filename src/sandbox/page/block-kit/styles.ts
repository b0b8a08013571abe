import { withEmoji } from './emoji.ts'
import type { Mark, Token } from './tokens.ts'
import { type Inline, type Style, textNode } from './tree.ts'

const STYLE: Readonly<Record<Mark, Style>> = { '*': 'bold', _: 'italic', '~': 'strike', '`': 'code' }

/** A style that is open, and what stands in it so far. Three kinds at most are open at once, so nothing nests deeper. */
interface Open {
  readonly mark: Mark | null
  readonly children: Inline[]
  /** Collected before it is searched for emoji, since `_` is both a mark and a part of their names. */
  text: string
}

/** One line of mrkdwn. A mark that is not closed in its line stands for itself. */
export function styled(line: readonly Token[]): Inline[] {
  const bottom: Open = { mark: null, children: [], text: '' }
  const open: Open[] = [bottom]
  const codeEnds = codeEnder(line)
  for (let i = 0; i < line.length; i += 1) {
    const token = line[i] as Token
    const top = open.at(-1) ?? bottom
    const codeEnd = isMark(token, '`') && token.opens ? codeEnds(i) : -1
    if (codeEnd > i) {
      add(top, { kind: 'code', children: unstyled(line.slice(i + 1, codeEnd)) })
      i = codeEnd
    } else if (token.kind !== 'mark') put(top, token)
    else if (token.mark === '`') top.text += '`'
    else mark(open, bottom, token)
  }
  return unwound(open, bottom)
}

type MarkToken = Extract<Token, { kind: 'mark' }>
const isMark = (token: Token, mark: Mark): token is MarkToken => token.kind === 'mark' && token.mark === mark

function mark(open: Open[], bottom: Open, token: MarkToken): void {
  const isOpen = open.some((each) => each.mark === token.mark)
  if (isOpen && token.closes) {
    let top = open.pop() ?? bottom
    while (top.mark !== token.mark) {
      giveBack(open.at(-1) ?? bottom, top)
      top = open.pop() ?? bottom
    }
    add(open.at(-1) ?? bottom, { kind: STYLE[token.mark], children: childrenOf(top) })
  } else if (!isOpen && token.opens) open.push({ mark: token.mark, children: [], text: '' })
  else (open.at(-1) ?? bottom).text += token.mark
}

/** From which mark to which code goes. The marks are passed once, whatever is asked. */
function codeEnder(line: readonly Token[]): (from: number) => number {
  let at = 0
  return (from) => {
    at = Math.max(at, from + 1)
    while (at < line.length) {
      const token = line[at] as Token
      if (isMark(token, '`') && token.closes) return at
      at += 1
    }
    return -1
  }
}

/** In code and preformatted text: `<…>` still works, as in Slack; marks, emoji and bare addresses do not. */
export function unstyled(tokens: readonly Token[]): Inline[] {
  const children: Inline[] = []
  let text = ''
  for (const token of tokens) {
    if (token.kind !== 'reference') text += literal(token)
    else {
      if (text !== '') children.push(textNode(text))
      children.push(token.node)
      text = ''
    }
  }
  if (text !== '') children.push(textNode(text))
  return children
}

function literal(token: Exclude<Token, { kind: 'reference' }>): string {
  if (token.kind === 'mark') return token.mark
  if (token.kind === 'fence') return '```'
  return token.kind === 'newline' ? '\n' : token.text
}

function put(top: Open, token: Token): void {
  if (token.kind === 'reference') add(top, token.node)
  else if (token.kind === 'address') add(top, { kind: 'link', href: token.href, children: [textNode(token.text)] })
  else top.text += literal(token)
}

function add(top: Open, node: Inline): void {
  flush(top)
  top.children.push(node)
}

function flush(top: Open): void {
  if (top.text !== '') for (const node of withEmoji(top.text)) top.children.push(node)
  top.text = ''
}

function childrenOf(top: Open): Inline[] {
  flush(top)
  return top.children
}

/** An open style that was never closed: its mark is text. */
function giveBack(parent: Open, unclosed: Open): void {
  parent.text += unclosed.mark ?? ''
  if (unclosed.children.length > 0) {
    flush(parent)
    for (const node of unclosed.children) parent.children.push(node)
  }
  parent.text += unclosed.text
}

function unwound(open: Open[], bottom: Open): Inline[] {
  for (let top = open.pop(); top && top !== bottom; top = open.pop()) giveBack(open.at(-1) ?? bottom, top)
  return childrenOf(bottom)
}
