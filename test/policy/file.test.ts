import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readPolicyFile } from '../../src/policy/file.ts'
import { HEAD, lines } from './policies.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-'))
  path = join(folder, 'policy.yaml')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a policy file', () => {
  it('is read as it stands on the disk', () => {
    writeFileSync(path, HEAD)
    const loaded = readPolicyFile(path)
    expect('policy' in loaded && loaded.policy.text).toBe(HEAD)
  })

  it.each<[string, () => void, RegExp]>([
    ['missing', () => {}, /^policy\.yaml:1:1: There is no such file/],
    ['a directory', () => mkdirSync(path), /^policy\.yaml:1:1: This is a directory/],
    ['a link to itself', () => symlinkSync(path, path), /^policy\.yaml:1:1: The file cannot be read \(ELOOP\)/],
    [
      'a named pipe',
      () => execFileSync('sh', ['-c', `mkfifo "${path}"`]),
      /^policy\.yaml:1:1: This is not a regular file/,
    ],
    [
      'not UTF-8',
      () => writeFileSync(path, Buffer.from([0x76, 0xff, 0xfe])),
      /^policy\.yaml:1:1: The file is not UTF-8/,
    ],
    ['with a BOM', () => writeFileSync(path, `\uFEFF${HEAD}`), /^policy\.yaml:1:1: .*byte order mark/],
    ['empty', () => writeFileSync(path, ''), /^policy\.yaml:1:1: The file is empty/],
    ['wrong', () => writeFileSync(path, `${HEAD}admin: []\n`), /^policy\.yaml:6:1: Unknown field "admin"/],
  ])('that is %s is a problem with a place, not an exception', (_name, make, message) => {
    make()
    const loaded = readPolicyFile(path)
    expect('policy' in loaded).toBe(false)
    expect(lines(loaded)).toMatch(message)
  })

  it('of 10 GB is refused without being read', () => {
    writeFileSync(path, '')
    truncateSync(path, 10_000_000_000)
    expect(lines(readPolicyFile(path))).toMatch(/larger than 4 MiB/)
  })

  it('behind a link that is swapped during the read is wholly the one or wholly the other', async () => {
    const texts = ['A', 'B'].map((mark) => `${HEAD}redact: [${Array.from({ length: 2_000 }, () => mark).join(', ')}]\n`)
    for (const [i, text] of texts.entries()) writeFileSync(join(folder, String(i)), text)
    symlinkSync('0', path)
    const swapping = new Worker(
      `const { renameSync, symlinkSync } = require('node:fs')
       const { parentPort, workerData } = require('node:worker_threads')
       let going = true
       parentPort.on('message', () => { going = false })
       let i = 0
       const swap = () => {
         symlinkSync(String(++i % 2), workerData + '.new')
         renameSync(workerData + '.new', workerData)
         if (i === 1) parentPort.postMessage('started')
         if (going) setImmediate(swap)
         else parentPort.close()
       }
       swap()`,
      { eval: true, workerData: path },
    )
    await new Promise((resolve) => swapping.once('message', resolve))
    const read = Array.from({ length: 20 }, () => readPolicyFile(path))
    swapping.postMessage('stop')
    await new Promise((resolve) => swapping.once('exit', resolve))
    for (const loaded of read) expect(texts).toContain('policy' in loaded ? loaded.policy.text : lines(loaded))
  })
})
