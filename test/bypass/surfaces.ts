/** Where people say yes and no, and what has no voice but is tried all the same. */
export const SURFACES = ['Slack over HTTP', 'Slack over Socket Mode', 'slash command', 'API', 'command line'] as const
export type SurfaceName = (typeof SURFACES)[number]

/** Those on which somebody can say yes. */
export const VOICES = SURFACES.filter((name) => name !== 'command line')
