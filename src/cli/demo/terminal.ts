import { styleText } from 'node:util'

/** A Slack message drawn in a terminal: enough to read what an approver reads. */
export function drawMessage(channel: string, blocks: readonly unknown[]): string {
  const width = 78
  const lines = blocks.flatMap((block) => drawBlock(block as Block)).flatMap((line) => wrap(line, width - 4))
  const bar = '─'.repeat(width - 2 - channel.length - 3)
  return [
    `  ┌─ ${channel} ${bar}┐`,
    ...lines.map((line) => `  │ ${line.padEnd(width - 3)}│`),
    `  └${'─'.repeat(width - 2)}┘`,
  ].join('\n')
}

export const title = (text: string): string => `\n${styleText('bold', text)}`
export const person = (text: string): string => `  ${styleText('cyan', '●')} ${wrap(text, 92).join('\n    ')}`
export const machine = (text: string): string => `  ${styleText('magenta', '▶')} ${text}`
export const good = (text: string): string => styleText('green', text)
export const bad = (text: string): string => styleText('red', text)

interface Block {
  type?: string
  text?: { type?: string; text?: string } | string
  fields?: Block[]
  elements?: Block[]
  name?: string
  user_id?: string
  usergroup_id?: string
}

function drawBlock(block: Block): string[] {
  switch (block.type) {
    case 'divider':
      return ['']
    case 'header':
      return [`# ${textOf(block)}`]
    case 'actions':
      return [(block.elements ?? []).map((element) => `[ ${textOf(element)} ]`).join('  ')]
    case 'context':
      return [(block.elements ?? []).map(textOf).join(' · ')]
    case 'rich_text':
      return (block.elements ?? []).flatMap((element) => (element.elements ?? []).map(textOf).join('').split('\n'))
    default:
      return [textOf(block), ...(block.fields ?? []).map(textOf)].flatMap((text) =>
        text === '' ? [] : text.split('\n'),
      )
  }
}

function textOf(block: Block): string {
  if (block.type === 'user') return `@${block.user_id}`
  if (block.type === 'usergroup') return `@${block.usergroup_id}`
  if (typeof block.text === 'string') return block.type === 'mrkdwn' ? readable(block.text) : block.text
  return block.text?.type === 'mrkdwn' ? readable(block.text.text ?? '') : (block.text?.text ?? '')
}

/** Slack's own notation in our sentences, as Slack would show it. */
export const readable = (text: string): string =>
  text
    .replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<!subteam\^([A-Z0-9]+)>/g, '@$1')
    .replace(/<@([A-Z0-9]+)>/g, '@$1')
    .replace(/[*`]/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

function wrap(line: string, width: number): string[] {
  if (line.length <= width) return [line]
  const cut = line.lastIndexOf(' ', width)
  const at = cut > width / 2 ? cut : width
  return [line.slice(0, at), ...wrap(line.slice(at).trimStart(), width)]
}
