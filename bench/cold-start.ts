import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sandbox } from '../src/sandbox/index.ts'
import { quantile } from './load.ts'

const at = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** Milliseconds from spawn to "connected to Slack", for us and for the least Bolt app; medians of runs that take turns. */
export async function coldStarts(slack: Sandbox, runs: number): Promise<{ oursMs: number; boltMs: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-cold-'))
  const policyFile = join(directory, 'policy.yaml')
  writeFileSync(policyFile, 'version: 1\nslack: { channel: C0APPROVALS }\ndefaults: { effect: deny }\nrules: []\n')
  const environment = {
    PATH: process.env['PATH'] ?? '',
    PORT: '0',
    DATABASE_URL: `file:${join(directory, 'countersign.db')}`,
    POLICY_FILE: policyFile,
    SIGNING_KEY_FILE: join(directory, 'key.pem'),
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  }
  const ours: number[] = []
  const theirs: number[] = []
  // One of each first: it makes the database, and fills the compile cache as every start but the first finds it.
  for (let run = -1; run < runs; run++) {
    const oursMs = await untilSaid('"msg":"ready"', [at('../src/main.ts'), 'serve'], environment)
    const theirsMs = await untilSaid('ready', [at('./bolt-app.ts'), slack.apiUrl, slack.botToken, slack.appToken], {})
    if (run >= 0) {
      ours.push(oursMs)
      theirs.push(theirsMs)
    }
  }
  return { oursMs: quantile(ours, 0.5), boltMs: quantile(theirs, 0.5) }
}

function untilSaid(text: string, argv: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now()
    const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    let tookMs = 0
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (tookMs > 0 || !said.includes(text)) return
      tookMs = performance.now() - begun
      child.kill('SIGTERM')
    })
    child.once('exit', () =>
      tookMs > 0 ? resolve(tookMs) : reject(new Error(`never said ${text}: ${said.slice(0, 500)}`)),
    )
  })
}
