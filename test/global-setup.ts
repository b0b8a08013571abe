import { execFile } from 'node:child_process'
import { readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromiumPath, NO_CHROMIUM } from './browser/chromium.ts'

const ROOT = join(import.meta.dirname, '..')
const PAGE = join(ROOT, 'dist/page')
const SOURCES = ['src/sandbox/page', 'src/demo/page', 'vite.config.ts', 'package-lock.json']

/**
 * Before the first test: the built page, as it is shipped. Built only where its sources are newer, so that a run
 * without browser tests costs nothing. A page that does not build leaves none: its tests fail, and the types say why.
 */
export default async function setUp(): Promise<void> {
  if (chromiumPath === null) console.warn(NO_CHROMIUM)
  const newest = Math.max(...SOURCES.flatMap((source) => changesUnder(join(ROOT, source))))
  const [built = 0] = changesUnder(PAGE)
  if (built >= newest) return
  const startedAt = new Date()
  const fresh = `${PAGE}.${process.pid}`
  try {
    await build(fresh)
    utimesSync(fresh, startedAt, startedAt)
    rmSync(PAGE, { recursive: true, force: true })
    renameSync(fresh, PAGE)
  } catch (error) {
    console.error(`the page could not be built: ${error instanceof Error ? error.message : error}`)
    for (const place of [fresh, PAGE]) rmSync(place, { recursive: true, force: true })
  }
}

/** In a process of its own: under vitest's NODE_ENV vite would build something else than what is shipped. */
const build = (outDir: string) =>
  promisify(execFile)(
    process.execPath,
    [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error', '--outDir', outDir, '--emptyOutDir'],
    { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } },
  )

/** When each thing in there changed last, itself first; milliseconds since 1970. */
function changesUnder(place: string): number[] {
  const itself = statSync(place, { throwIfNoEntry: false })
  if (!itself) return []
  const inside = itself.isDirectory() ? readdirSync(place, { recursive: true, encoding: 'utf8' }) : []
  return [itself, ...inside.map((name) => statSync(join(place, name)))].map(({ mtimeMs }) => mtimeMs)
}
