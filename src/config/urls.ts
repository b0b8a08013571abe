import { isIP } from 'node:net'
import type { Reading } from './reading.ts'

/** HOST: what to listen on. */
export function address(reading: Reading): string {
  const host = reading.text('HOST')
  if (host === null) return '127.0.0.1'
  if (isIP(host) || /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)) return host
  return reading.refuse(
    'HOST',
    `is ${reading.show('HOST')}`,
    'an address or host name alone, such as 127.0.0.1',
    '127.0.0.1',
  )
}

/**
 * An address that other addresses are built on, ending in `/`; null where unset. Keys and tokens travel to it, so plain
 * http is for this machine only.
 */
export function baseUrl(reading: Reading, variable: 'PUBLIC_URL' | 'SLACK_API_URL'): string | null {
  const text = reading.text(variable)
  if (text === null) return null
  const wrong = (problem: string, instead: string) => reading.refuse(variable, problem, instead, null)
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol))
    return wrong(`is ${reading.show(variable)}`, 'a URL that begins with https://')
  if (url.username !== '' || url.password !== '') return wrong('holds a user name or password', 'the address alone')
  if (url.search !== '' || url.hash !== '' || text.endsWith('?') || text.endsWith('#')) {
    return wrong(`has a query or fragment (${reading.show(variable)})`, 'the address up to the path')
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return wrong(`is plain http to another machine (${reading.show(variable)})`, `https://${url.host}${url.pathname}`)
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}

const isLoopback = (hostname: string): boolean =>
  /^(?:localhost|.+\.localhost|\[::1\])$/.test(hostname) || (isIP(hostname) === 4 && hostname.startsWith('127.'))
