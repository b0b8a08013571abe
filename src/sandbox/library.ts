/** What `countersign/sandbox` offers: the sandbox in a process of one's own, or the hands and eyes for one elsewhere. */
export { type AnySandbox, connectSandbox, type RemoteSandbox } from './client/index.ts'
export * from './index.ts'
export type {
  ActiveFault,
  ControlProblem,
  DeedResult,
  Deeds,
  Patch,
  PersonPatch,
  Standing,
  WorkspaceFacts,
} from './wire.ts'
