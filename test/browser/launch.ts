import { type Browser, chromium } from 'playwright-core'
import { chromiumPath } from './chromium.ts'

/** What one looks through. */
export interface Frame {
  /** CSS pixels. Default 1280 × 800. */
  readonly width?: number
  readonly height?: number
  readonly dark?: boolean
}

/** To be closed by the caller. */
export function launchBrowser(): Promise<Browser> {
  if (chromiumPath === null) throw new Error('no Chromium')
  // The sandbox of Chromium needs what containers and root do not have; the pages are our own.
  const args = [
    ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  ]
  return chromium.launch({ executablePath: chromiumPath, args })
}

/** Reduced motion, so that nothing is measured or pictured half way. */
export const contextOf = ({ width = 1280, height = 800, dark = false }: Frame) =>
  ({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/London',
  }) as const
