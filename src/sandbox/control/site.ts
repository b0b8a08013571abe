import { readFile, stat } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** Where `npm run page` puts what it builds; as far from here in `src/` as in the package's `dist/`. */
const BUILT = join(import.meta.dirname, '../../../dist/page')
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}
/** Nothing but our own files, nothing inline, nowhere to send to, no frame around it. */
const SECURITY: OutgoingHttpHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
const NOT_BUILT = `The page of the sandbox was not built yet. Run

  npm run page

and load this address again. The Slack Web API, Socket Mode and the control API work without it.
`

interface Packed {
  readonly plain: Buffer
  readonly br: Buffer
  readonly gzip: Buffer
}

/** The built page and its files, each compressed once. */
export class StaticSite {
  readonly #index: string
  readonly #built: string
  readonly #packed = new Map<string, Promise<Packed>>()

  /** @param page the name of a built page: `src/NAME/page/index.html`. */
  constructor(page: string, built = BUILT) {
    this.#built = built
    this.#index = `${page}/page/index.html`
  }

  /** Answers `/`, `/assets/…` and `/favicon.ico`; false where the path is none of them. */
  async handle(path: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<boolean> {
    const file = path === '/' ? this.#index : /^\/(assets\/[\w-][\w.-]*)$/.exec(path)?.[1]
    if (file === undefined && path !== '/favicon.ico') return false
    if (incoming.method !== 'GET' && incoming.method !== 'HEAD') {
      outgoing.writeHead(405, { ...SECURITY, allow: 'GET, HEAD' }).end()
    } else if (file === undefined) outgoing.writeHead(204, { ...SECURITY, 'cache-control': 'max-age=86400' }).end()
    else await this.#send(file, path === '/', incoming, outgoing)
    return true
  }

  async #send(file: string, isPage: boolean, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const packed = await this.#pack(file).catch(missing)
    if (packed === null) {
      outgoing.writeHead(isPage ? 503 : 404, { ...SECURITY, 'content-type': 'text/plain', 'cache-control': 'no-store' })
      outgoing.end(isPage ? NOT_BUILT : 'not_found')
      return
    }
    const coding = chosen(incoming.headers['accept-encoding'])
    const body = packed[coding]
    outgoing.writeHead(200, {
      ...SECURITY,
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': body.length,
      ...(coding === 'plain' ? {} : { 'content-encoding': coding }),
      vary: 'accept-encoding',
      // The names of assets hold a hash of what is in them.
      'cache-control': isPage ? 'no-cache' : 'public, max-age=31536000, immutable',
    })
    outgoing.end(incoming.method === 'HEAD' ? undefined : body)
  }

  /** A page built anew is another version of the file. */
  async #pack(file: string): Promise<Packed> {
    const path = join(this.#built, file)
    const { mtimeMs } = await stat(path)
    const key = `${path} ${mtimeMs}`
    const known = this.#packed.get(key)
    if (known) return known
    const packing = pack(path)
    this.#packed.set(key, packing)
    packing.catch(() => this.#packed.delete(key))
    return packing
  }
}

async function pack(path: string): Promise<Packed> {
  const plain = await readFile(path)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length }
  const [br, zipped] = await Promise.all([
    promisify(brotliCompress)(plain, { params }),
    promisify(gzip)(plain, { level: 9 }),
  ])
  return { plain, br, gzip: zipped }
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return null
  throw error
}

function chosen(accepted: string | string[] | undefined): keyof Packed {
  const codings = String(accepted ?? '')
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => !/;\s*q=0(\.0+)?$/.test(each))
    .map((each) => each.split(';')[0])
  if (codings.includes('br')) return 'br'
  return codings.includes('gzip') ? 'gzip' : 'plain'
}
