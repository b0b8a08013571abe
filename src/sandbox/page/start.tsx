import { type ComponentType, render } from 'preact'
import type { WorkspaceFacts } from '../wire.ts'
import { App } from './app.tsx'
import { type Beside, Live } from './live.ts'
import type { Panel, PanelProps } from './panel.ts'
import { personOf, playable } from './people.ts'
import { routeIn } from './place.ts'
import { restoreTheme } from './theme.ts'

const RETRY_MS = 1_000

/** Shows the workspace in `#app`, as the person of the address, else as the first one. */
export async function start(
  panels: readonly Panel[],
  Guide?: ComponentType<PanelProps>,
  beside?: Beside,
): Promise<void> {
  restoreTheme()
  const root = document.getElementById('app')
  if (!root) throw new Error('the page has no #app')
  const facts = await workspace((problem) => render(<p class="sb-loading">{problem}</p>, root))
  const wanted = routeIn(location.hash).viewer
  const viewer = personOf(facts, wanted)?.id ?? playable(facts)[0]?.id ?? ''
  render(<App live={new Live(viewer, beside)} panels={panels} {...(Guide ? { Guide } : {})} />, root)
}

/** Who there is; asked until there is an answer. */
async function workspace(onProblem: (sentence: string) => void): Promise<WorkspaceFacts> {
  for (;;) {
    const answer = await fetch('/control/workspace').catch(() => undefined)
    if (answer?.ok) return (await answer.json()) as WorkspaceFacts
    onProblem('The sandbox does not answer. Is it still running?')
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}
