export { Blocks } from './blocks.tsx'
export { ModalDialog } from './modal.tsx'
export type { On } from './on.ts'
export { Mrkdwn } from './text.tsx'
