import { CATALOGUE } from './catalogue.ts'
import { askExcerpt } from './excerpt.ts'
import type { PipelineView } from './wire.ts'

/** The catalogue as the page shows it. */
export const PIPELINES: readonly PipelineView[] = CATALOGUE.map(({ ask, deed: _, twist: __, ...shown }) => ({
  ...shown,
  action: ask.action,
  resource: ask.resource ?? null,
  environment: ask.environment ?? null,
  body: askExcerpt(ask),
}))
