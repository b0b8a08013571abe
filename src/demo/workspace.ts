import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { fromManifest, type Sandbox, type SandboxOptions, startSandbox } from '../sandbox/index.ts'
import { COMPANY } from './people.ts'

const MANIFEST = new URL('../../manifest.yml', import.meta.url)

/** The company's workspace, with our app installed as its manifest says: the same file that is pasted into Slack. */
export const openWorkspace = (options: Pick<SandboxOptions, 'port' | 'site'>): Promise<Sandbox> =>
  startSandbox({ ...options, seed: { ...fromManifest(parse(readFileSync(MANIFEST, 'utf8'))), ...COMPANY } })
