import type { VNode } from 'preact'
import type { JsonObject } from '../../json.ts'
import { Element } from './element.tsx'
import { isObject, objectsIn, stringIn } from './read.ts'
import { useSurface } from './surface.ts'
import { TextBox } from './text.tsx'

export function Section({ block }: { block: JsonObject }): VNode {
  const { form } = useSurface()
  const blockId = stringIn(block.block_id)
  const fields = objectsIn(block.fields)
  return (
    <div class="bk-section" data-block-id={blockId}>
      <div class="bk-section-words">
        {block.text !== undefined && <TextBox text={block.text} folds={form === null && block.expand !== true} />}
        {fields.length > 0 && (
          <div class="bk-fields">
            {fields.map((field, i) => (
              <TextBox key={`field${i}`} text={field} />
            ))}
          </div>
        )}
      </div>
      {isObject(block.accessory) && (
        <div class="bk-accessory">
          <Element element={block.accessory} blockId={blockId} field={null} />
        </div>
      )}
    </div>
  )
}
