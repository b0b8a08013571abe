import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** What stdout holds so far. */
  readonly stdout: () => string
  /** Waits for a line of stdout that is JSON with this `msg`. */
  readonly line: (msg: string) => Promise<Record<string, unknown>>
}

const directories: string[] = []
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

/** A directory of its own, gone after the file's tests. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-cli-'))
  directories.push(directory)
  return directory
}

/** The command line as a process of its own, with nothing of this process's environment but what is given. */
export function start(args: readonly string[], cwd: string, env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  const line = (msg: string) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const look = () => {
        const found = stdout.split('\n').find((text) => text.includes(`"msg":"${msg}"`) && text.endsWith('}'))
        if (found !== undefined) resolve(JSON.parse(found))
      }
      child.stdout.on('data', look)
      child.once('close', () => reject(new Error(`it ended without saying ${msg}:\n${stdout}\n${stderr}`)))
      look()
    })
  return { child, ended, stdout: () => stdout, line }
}

export const run = (args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ended> =>
  start(args, cwd, env).ended
