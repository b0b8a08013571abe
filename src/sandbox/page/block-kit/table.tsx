import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Json, JsonObject } from '../../json.ts'
import { isObject, listIn, objectsIn, stringIn } from './read.ts'
import { richText } from './rich-text.ts'
import { Scroller } from './scroller.tsx'
import { Paragraphs } from './text.tsx'

const ALIGN: ReadonlyMap<string, string> = new Map([
  ['center', 'bk-center'],
  ['right', 'bk-right'],
])

/** `table` and `data_table`. The first row names the columns. */
export function Table({ block }: { block: JsonObject }): VNode {
  const [head = [], ...rows] = listIn(block.rows).map(listIn)
  const columns = objectsIn(block.column_settings).map(({ align }) => ALIGN.get(stringIn(align)) ?? '')
  return (
    <Scroller look="bk-scroll" name={stringIn(block.caption) || 'Table'}>
      <table class="bk-table">
        {block.caption !== undefined && <caption dir="auto">{stringIn(block.caption)}</caption>}
        <thead>
          <tr>
            {head.map((cell, i) => (
              <th key={`column${i}`} scope="col" class={columns[i]}>
                <Cell cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={`row${i}`}>
              {row.map((cell, j) => (
                <td key={`cell${j}`} class={columns[j]}>
                  <Cell cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

function Cell({ cell }: { cell: Json }): VNode {
  const rich = useMemo(() => (isObject(cell) && cell.type === 'rich_text' ? richText(cell) : null), [cell])
  if (rich)
    return (
      <div class="bk-text">
        <Paragraphs paragraphs={rich} />
      </div>
    )
  const { text, value } = isObject(cell) ? cell : {}
  return <bdi>{typeof text === 'string' ? text : String(value ?? '')}</bdi>
}
