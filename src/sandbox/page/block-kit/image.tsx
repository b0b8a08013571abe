import type { VNode } from 'preact'
import type { JsonObject } from '../../json.ts'
import { isObject, stringIn } from './read.ts'

/** Pictures of other sites are never loaded: the page keeps to itself, and its content security policy insists. */
export function ImagePlaceholder({ image }: { image: JsonObject }): VNode {
  const { slack_file: file } = image
  const url = stringIn(image.image_url) || (isObject(file) ? stringIn(file.url) || stringIn(file.id) : '')
  return (
    <span class="bk-image" title={url}>
      <span aria-hidden="true">🖼️</span>
      <span class="bk-image-words">
        <bdi>{stringIn(image.alt_text) || 'Image'}</bdi>
        <bdi class="bk-dim bk-url">{url}</bdi>
      </span>
    </span>
  )
}
