import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Mode, Place } from './house.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** A house in a process of its own: `node src/main.ts serve`, as an operator starts it. */
export interface Child {
  readonly process: ChildProcess
  /** Its address, once it said "ready"; rejects with what it said where it ends before. */
  readonly ready: Promise<string>
  /** Its process id, once it is ready; under a tracer it is not that of `process`. */
  readonly pid: Promise<number>
  /** Its exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>
  kill(): Promise<void>
}

export interface SpawnOptions {
  readonly mode?: Mode
  readonly env?: Readonly<Record<string, string>>
  /** What runs node, such as a tracer with its arguments. */
  readonly under?: readonly string[]
}

export function spawnHouse(place: Place, { mode = 'socket', env = {}, under = [] }: SpawnOptions = {}): Child {
  const { slack } = place
  const [command = process.execPath, ...rest] = [...under, process.execPath, MAIN, 'serve']
  const child = spawn(command, rest, {
    cwd: place.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      DATABASE_URL: `file:${place.databaseFile}`,
      POLICY_FILE: place.policyFile,
      SIGNING_KEY_FILE: place.signingKeyFile,
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      ...(mode === 'socket' ? { SLACK_APP_TOKEN: slack.appToken } : { SLACK_SIGNING_SECRET: slack.signingSecret }),
      ...env,
    },
  })
  const said: string[] = []
  let server: number | null = null
  const keep = (line: string): void => {
    said.push(line)
    place.logs.push(line)
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const ready = new Promise<{ url: string; pid: number }>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      keep(line)
      const at = readyAt(line)
      if (at === null) return
      server = at.pid
      slack.deliverTo(mode === 'http' ? `${at.url}/slack/events` : null)
      resolve(at)
    })
    createInterface(child.stderr).on('line', keep)
    void exited.then((code) => reject(new Error(`it ended with ${code} before it was ready:\n${said.join('\n')}`)))
  })
  const url = ready.then((at) => at.url)
  const pid = ready.then((at) => at.pid)
  // Whoever kills it before it is ready does not wait for it.
  for (const unheard of [url, pid]) unheard.catch(() => undefined)
  const kill = async (): Promise<void> => {
    // A tracer that is killed lets go of the server, which would live on.
    if (server !== null && child.exitCode === null && child.signalCode === null) process.kill(server, 'SIGKILL')
    child.kill('SIGKILL')
    await exited
  }
  place.atClose.push(kill)
  return { process: child, ready: url, pid, exited, kill }
}

function readyAt(line: string): { url: string; pid: number } | null {
  if (!line.includes('"ready"')) return null
  const { msg, url, pid } = JSON.parse(line) as { msg: string; url: string; pid: number }
  return msg === 'ready' ? { url, pid } : null
}
