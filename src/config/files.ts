import { createPrivateKey } from 'node:crypto'
import { accessSync, constants, readFileSync, type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Flaw, Reading } from './reading.ts'

/** DATABASE_URL -> the file's absolute path. */
export function databaseFile(reading: Reading, directory: string): string {
  const url = reading.text('DATABASE_URL')
  const named = url === null ? './data/countersign.db' : databasePath(url, reading.show('DATABASE_URL'))
  if (typeof named !== 'string') return reading.refuse('DATABASE_URL', named.what, named.instead, '')
  const path = resolve(directory, named)
  const flaw = stat(path)?.isDirectory()
    ? { what: `names a directory (${named})`, instead: 'the path of a file in it' }
    : placeFlaw(path, directory)
  return flaw ? reading.refuse('DATABASE_URL', flaw.what, flaw.instead, '') : path
}

const DATABASE_FORM = 'file: and the path of a SQLite file, such as file:./data/countersign.db'

function databasePath(url: string, shown: string): string | Flaw {
  const wrong = (what: string): Flaw => ({ what, instead: DATABASE_FORM })
  if (/^postgres(?:ql)?:/i.test(url)) return wrong('names PostgreSQL, which this version cannot use yet')
  if (/:memory:|[?&]mode=memory/i.test(url)) {
    return wrong('keeps the database in memory: every decision and its evidence would be gone at the next start')
  }
  if (!url.startsWith('file:')) return wrong(`is ${shown}`)
  const path = url.slice('file:'.length)
  if (path === '' || path.endsWith('/')) return wrong('names no file')
  if (/[?#]/.test(path)) return wrong(`has options behind the path (${shown})`)
  if (!path.startsWith('//')) return path
  try {
    return fileURLToPath(url)
  } catch {
    return wrong(`names another machine (${shown})`)
  }
}

/**
 * What is wrong with the place of a file that is there or shall be made. A missing directory is made only right under the
 * working directory, as the default `./data`: with a misspelt path we would otherwise start with an empty log beside the
 * real one.
 */
function placeFlaw(path: string, directory: string): Flaw | null {
  const folder = dirname(path)
  const there = stat(folder)
  if (!there && dirname(folder) !== resolve(directory)) {
    return {
      what: `names a directory that does not exist (${folder})`,
      instead: 'another path, or create the directory',
    }
  }
  if (there && !there.isDirectory()) {
    return { what: `has ${folder} in its path, which is no directory`, instead: 'another path' }
  }
  // SQLite writes its journal beside the file, so the directory must be writable too.
  const written = [there ? folder : dirname(folder), ...(stat(path) ? [path] : [])]
  const closed = written.find((each) => !may(each, constants.W_OK))
  if (closed === undefined) return null
  return { what: `cannot be written: ${closed} is read-only for this user`, instead: 'a path that can be written' }
}

export function checkPolicyPath(reading: Reading, path: string): void {
  const file = stat(path)
  const what = !file
    ? `names a file that does not exist (${path})`
    : file.isDirectory()
      ? `names a directory (${path})`
      : may(path, constants.R_OK)
        ? null
        : `cannot be read by this user (${path})`
  if (what === null) return
  reading.refuse('POLICY_FILE', what, 'the path of your policy ("countersign init" writes a first one)', undefined)
}

/** The key itself is read where it is used; here only so that its problem stands beside the others. */
export function checkSigningKey(reading: Reading, path: string, directory: string): void {
  const file = stat(path)
  const flaw = file ? keyFlaw(path, file) : placeFlaw(path, directory)
  if (flaw) reading.refuse('SIGNING_KEY_FILE', flaw.what, flaw.instead, undefined)
  else if (file && (file.mode & 0o077) !== 0 && process.platform !== 'win32') {
    reading.warn('SIGNING_KEY_FILE', `can be read by other users of this machine (${path})`, `chmod 600 ${path}`)
  }
}

function keyFlaw(path: string, file: Stats): Flaw | null {
  const instead = 'a path where none is yet (one is made), or an Ed25519 private key as PKCS#8 PEM'
  const wrong = (what: string): Flaw => ({ what: `${what} (${path})`, instead })
  if (file.isDirectory()) return wrong('names a directory')
  if (!may(path, constants.R_OK)) return wrong('cannot be read by this user')
  try {
    const pem = readFileSync(path, 'utf8')
    if (pem.includes('PUBLIC KEY')) return wrong('holds a public key')
    const type = createPrivateKey(pem).asymmetricKeyType
    return type === 'ed25519' ? null : wrong(`holds a key of type ${type}`)
  } catch {
    // OpenSSL's own words are not repeated: they may quote what they could not read.
    return wrong('holds no private key')
  }
}

/** Null where there is nothing, or nothing that this user may look at. */
function stat(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}
