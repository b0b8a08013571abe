import type { Json, JsonObject } from '../../json.ts'
import { emojiNamed } from './emoji.ts'
import { safeHref } from './href.ts'
import { isObject, listIn, numberIn, objectsIn, stringIn } from './read.ts'
import { type Inline, type Paragraph, type Style, textNode } from './tree.ts'

/** The elements of a rich_text block as a tree. Texts are texts: nothing in them is parsed. */
export const richText = (block: JsonObject): Paragraph[] => objectsIn(block.elements).map(paragraph)

function paragraph(element: JsonObject): Paragraph {
  switch (element.type) {
    case 'rich_text_section':
      return { kind: 'paragraph', children: inlines(element) }
    case 'rich_text_quote':
      return { kind: 'quote', children: inlines(element) }
    case 'rich_text_preformatted':
      return { kind: 'pre', children: inlines(element) }
    case 'rich_text_list':
      return {
        kind: 'list',
        ordered: element.style === 'ordered',
        indent: numberIn(element.indent, 0, 8, 0),
        offset: numberIn(element.offset, 0, 10_000, 0),
        items: objectsIn(element.elements).map(inlines),
      }
    default:
      return { kind: 'unknown', json: element }
  }
}

const inlines = (holder: JsonObject): Inline[] => objectsIn(holder.elements).map(inline)

const STYLES: readonly Style[] = ['bold', 'italic', 'strike', 'underline', 'code']

function inline(element: JsonObject): Inline {
  const { style } = element
  const wanted = isObject(style) ? STYLES.filter((each) => style[each] === true) : []
  return wanted.reduceRight<Inline>((inner, kind) => ({ kind, children: [inner] }), bare(element))
}

function bare(element: JsonObject): Inline {
  switch (element.type) {
    case 'text':
      return textNode(stringIn(element.text))
    case 'link':
      return link(stringIn(element.url), stringIn(element.text))
    case 'emoji':
      return emoji(stringIn(element.name), element.unicode)
    case 'user':
      return { kind: 'user', id: stringIn(element.user_id), label: '' }
    case 'usergroup':
      return { kind: 'group', id: stringIn(element.usergroup_id), label: '' }
    case 'channel':
      return { kind: 'channel', id: stringIn(element.channel_id), label: '' }
    case 'broadcast':
      return broadcast(element)
    case 'date':
      return date(element)
    case 'color':
      return /^#[0-9a-f]{6}$/i.test(stringIn(element.value))
        ? { kind: 'color', value: stringIn(element.value) }
        : textNode(stringIn(element.value))
    default:
      return { kind: 'unknown', json: element }
  }
}

function link(url: string, label: string): Inline {
  const href = safeHref(url)
  // Where the address is refused, what people see is all of it.
  if (href === null) return textNode(label === '' || label === url ? url : `${label} (${url})`)
  return { kind: 'link', href, children: [textNode(label === '' ? url : label)] }
}

function broadcast(element: JsonObject): Inline {
  const { range } = element
  return range === 'here' || range === 'channel' || range === 'everyone'
    ? { kind: 'broadcast', range }
    : { kind: 'unknown', json: element }
}

function emoji(name: string, unicode: Json | undefined): Inline {
  const char = emojiNamed(name) ?? fromHex(stringIn(unicode))
  return char === undefined ? textNode(`:${name}:`) : { kind: 'emoji', name, char }
}

/** `1f44b-1f3fd` as characters. */
function fromHex(unicode: string): string | undefined {
  if (!/^[0-9a-f]{2,6}(?:-[0-9a-f]{2,6}){0,9}$/i.test(unicode)) return undefined
  const points = unicode.split('-').map((hex) => Number.parseInt(hex, 16))
  return points.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...points) : undefined
}

function date(element: JsonObject): Inline {
  const { timestamp } = element
  return {
    kind: 'date',
    unix: typeof timestamp === 'number' ? timestamp : Number.NaN,
    format: stringIn(element.format),
    href: safeHref(stringIn(element.url)),
    fallback: stringIn(element.fallback),
  }
}

/** The bare characters of a rich text, for a box that can hold nothing else. */
export const richTextWords = (value: Json | undefined): string =>
  !isObject(value)
    ? ''
    : typeof value.text === 'string'
      ? value.text
      : listIn(value.elements)
          .map(richTextWords)
          .join(value.type === 'rich_text' ? '\n' : '')
