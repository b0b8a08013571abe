import { accessSync, constants, existsSync, lstatSync, mkdirSync, realpathSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { OpenError } from './open-error.ts'

/** A place where a database is or may be made, and what a person should know of it. */
export interface Place {
  /** Absolute, links followed: the lock must be the same one whichever way the file is called. */
  readonly path: string
  readonly exists: boolean
  readonly warnings: readonly string[]
}

/** The directory of the default DATABASE_URL: the only one that is made when it is missing. */
const DEFAULT_DIRECTORY = 'data'

/** Looks before anything is opened. Never opens the file itself: closing it again would drop this process's locks on it. */
export function inspectPath(file: string): Place {
  const path = resolve(file)
  const directory = dirname(path)
  checkDirectory(directory)
  if (!existsSync(path)) {
    checkAbsence(path)
    return { path, exists: false, warnings: diskWarnings(directory) }
  }
  const real = realpathSync(path)
  const found = statSync(real)
  if (!found.isFile()) throw new OpenError('not_a_file', `${path} is not a file. Correct DATABASE_URL.`)
  // Ours are never empty, not even after a crash while they are made: this one lost its content.
  if (found.size === 0) {
    throw new OpenError('damaged', `${path} is empty. Restore a backup; to start anew, remove the file first.`)
  }
  // Holds for root as well, whom no mode stops: somebody marked this file as kept.
  if ((found.mode & 0o222) === 0 || !isWritable(real)) {
    throw new OpenError('readonly', `${path} is read-only. Check its mode and the disk, or copy it elsewhere.`)
  }
  const open = (found.mode & 0o077) !== 0 ? [`${path} can be read by other users of this machine: chmod 600 it`] : []
  return { path: real, exists: true, warnings: [...open, ...diskWarnings(dirname(real))] }
}

function checkDirectory(directory: string): void {
  if (!existsSync(directory)) {
    if (directory !== resolve(DEFAULT_DIRECTORY)) {
      throw new OpenError('missing_dir', `the directory ${directory} does not exist. Make it, or correct DATABASE_URL.`)
    }
    mkdirSync(directory, { mode: 0o700 })
  }
  if (!statSync(directory).isDirectory()) throw new OpenError('not_a_file', `${directory} is not a directory.`)
  // SQLite keeps its log beside the database.
  if (!isWritable(directory)) throw new OpenError('readonly', `the directory ${directory} cannot be written.`)
}

function checkAbsence(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })) {
    throw new OpenError('not_a_file', `${path} is a link to nothing. Correct it, or correct DATABASE_URL.`)
  }
  // SQLite would play a left-over log into the new database.
  if (existsSync(`${path}-wal`)) {
    throw new OpenError(
      'damaged',
      `${path} is gone, but its log ${path}-wal is there. Restore it, or move the log away.`,
    )
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** `f_type` of statfs(2), on Linux: file systems of other machines, where the locks and the shared memory of WAL fail. */
const REMOTE = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
])
/** Remote, or a container's view of a local disk: nobody can tell from here. */
const DOUBTFUL = new Map([
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x00c36400, 'Ceph'],
])

/** F17. */
function diskWarnings(directory: string): readonly string[] {
  if (process.platform !== 'linux') return []
  const type = statfsSync(directory).type >>> 0
  const remote = REMOTE.get(type)
  if (remote) {
    throw new OpenError(
      'durability',
      `${directory} is on ${remote}. SQLite needs a local disk: choose another directory.`,
    )
  }
  const doubtful = DOUBTFUL.get(type)
  return doubtful ? [`${directory} is on ${doubtful}: safe only where that is a local disk of this machine`] : []
}
