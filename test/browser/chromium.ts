import { existsSync } from 'node:fs'

const USUAL = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The system's Chromium, or the one that CHROMIUM names; null where there is none. */
export const chromiumPath: string | null =
  [process.env.CHROMIUM, ...USUAL].find((path) => path !== undefined && existsSync(path)) ?? null

export const NO_CHROMIUM =
  'no Chromium found: browser tests are skipped; apt-get install chromium or set CHROMIUM to its path'
