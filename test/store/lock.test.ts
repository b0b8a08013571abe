import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { lockFile } from '../../src/store/lock.ts'
import { fact, newClient } from './changes.ts'
import { aDirectory, aFile, atEnd, opened } from './places.ts'

const LOCKED = expect.objectContaining({ name: 'OpenError', kind: 'locked' })

/** Another process that serves the file. */
async function server(file: string) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('serve.child.ts', import.meta.url)), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  atEnd(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return {
    kill: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test('F16 a second server on one file is refused, and may serve once the first was killed', async () => {
  const file = aFile()
  const { kill } = await server(file)
  expect(() => opened(file, { exclusive: true })).toThrow(LOCKED)
  await kill()
  const store = opened(file, { exclusive: true })
  // What was answered before the kill is there.
  expect((await store.head()).size).toBe(1)
  expect(await store.commit(fact())).toBe('committed')
})

test('the command line reads and writes beside a running server', async () => {
  const file = aFile()
  await server(file)
  const cli = opened(file)
  expect((await cli.head()).size).toBe(1)
  expect(await cli.commit(newClient())).toBe('committed')
  expect(await cli.client('cl_alice')).toMatchObject({ id: 'cl_alice' })
})

test('a second server in one process is refused as well, and closing the first makes room', async () => {
  const file = aFile()
  const first = opened(file, { exclusive: true })
  expect(() => opened(file, { exclusive: true })).toThrow(LOCKED)
  // The attempt has not taken the lock from the first one.
  expect(lockFile(file, 0)).toBeNull()
  await first.close()
  opened(file, { exclusive: true })
})

test('a link to the file does not lead around the lock', () => {
  const file = aFile()
  opened(file, { exclusive: true })
  const link = join(aDirectory(), 'link.db')
  symlinkSync(file, link)
  expect(() => opened(link, { exclusive: true })).toThrow(LOCKED)
})

test('an open that failed holds no lock', () => {
  const file = aFile()
  const held = lockFile(file, 0)
  expect(() => opened(file)).toThrow(LOCKED)
  held?.release()
  opened(file, { exclusive: true })
})

test.skipIf(process.platform === 'win32')('only the owner reads the files', () => {
  const file = aFile()
  opened(file, { exclusive: true })
  expect(['', '-wal', '-shm', '-lock'].map((suffix) => statSync(file + suffix).mode & 0o777)).toEqual(
    Array(4).fill(0o600),
  )
})
