import { type ChildProcess, fork } from 'node:child_process'

/** A server under measurement, in a process of its own. */
export interface Server {
  readonly url: string
  readonly key: string
  /** @returns when the commit was on disk, nanoseconds of the machine's monotonic clock. */
  decide(id: string): Promise<bigint>
  memory(): Promise<NodeJS.MemoryUsage>
  stop(): Promise<void>
}

type Message = { url?: string; key?: string; decided?: string; committedAt?: string; memory?: NodeJS.MemoryUsage }

export async function startServer(module: string, argv: readonly string[]): Promise<Server> {
  const child = fork(new URL(module, import.meta.url), argv, { execArgv: ['--expose-gc'] })
  const first = await next(child, (message) => message.url !== undefined)
  return {
    url: first.url ?? '',
    key: first.key ?? '',
    decide: async (id) => {
      const answer = next(child, (message) => message.decided === id)
      child.send({ decide: id })
      return BigInt((await answer).committedAt ?? 0)
    },
    memory: async () => {
      const answer = next(child, (message) => message.memory !== undefined)
      child.send({ memory: true })
      return (await answer).memory ?? process.memoryUsage()
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

function next(child: ChildProcess, wanted: (message: Message) => boolean): Promise<Message> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`the server under measurement ended with ${code}`))
    const take = (message: Message) => {
      if (!wanted(message)) return
      child.off('message', take)
      child.off('exit', gone)
      resolve(message)
    }
    child.on('message', take)
    child.once('exit', gone)
  })
}
