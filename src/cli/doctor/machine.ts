import { existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from '../../config.ts'
import { openForAdmin } from '../../serve.ts'
import { failureOf } from '../failure.ts'
import { type Check, doubtful, failed, fine } from './check.ts'

/** Magic numbers of statfs(2) for file systems of other machines: their locks and flushes may not be what SQLite needs. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
])
const LITTLE_BYTES = 100 * 2 ** 20
const MEGABYTE = 2 ** 20

export const checkNode = (): Check => fine('Node.js', process.version)

/** `.env` holds the tokens. */
export function checkEnvFile(): Check[] {
  const file = statSync('.env', { throwIfNoEntry: false })
  if (!file || process.platform === 'win32') return []
  const mend = 'chmod 600 .env, and if others use this machine make new tokens in Slack.'
  return (file.mode & 0o077) === 0
    ? [fine('.env', 'only its owner can read it')]
    : [doubtful('.env', 'other users of this machine can read it, and it holds the tokens', mend)]
}

export function checkDisk({ databaseFile }: Config): Check[] {
  const folder = existsSync(dirname(databaseFile)) ? dirname(databaseFile) : dirname(dirname(databaseFile))
  const { type, bavail, bsize } = statfsSync(folder)
  const free = `${Math.floor((bavail * bsize) / MEGABYTE)} MiB free in ${folder}`
  const space =
    bavail * bsize < LITTLE_BYTES
      ? failed('disk space', free, 'Make room: without it no request can be recorded, and none is approved.')
      : fine('disk space', free)
  const kind = NETWORK.get(type >>> 0)
  const mend = 'Put DATABASE_URL on a local disk: a lock or a flush that a network forgets can lose a decision.'
  return [space, kind ? doubtful('file system', `${folder} is on ${kind}`, mend) : fine('file system', 'local')]
}

/** Opens it as a server does, which reads back that every commit waits for the disk. Makes none where none is yet. */
export async function checkDatabase(config: Config): Promise<Check> {
  if (!existsSync(config.databaseFile)) return fine('database', `${config.databaseFile} is made at the first start`)
  try {
    const { service, close } = await openForAdmin(config)
    try {
      const { size } = await service.reads.head()
      return fine('database', `${config.databaseFile}: ${size} audit entries; every commit waits for the disk`)
    } finally {
      await close()
    }
  } catch (error) {
    const { message, hint } = failureOf(error)
    return failed('database', message, hint)
  }
}
