import { spawn } from 'node:child_process'
import { createHmac, createPublicKey, generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importJWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadSigner, type Signer, SigningKeyError } from '../src/signing.ts'

const dir = mkdtempSync(join(tmpdir(), 'countersign-signing-'))
const keyFile = join(dir, 'keys', 'signing-key.pem')
const CLAIMS = { iss: 'https://c.example', jti: 'req_1', approvers: ['U0BOB'], note: 'é' }
let signer: Signer
let jws: string

beforeAll(async () => {
  signer = await loadSigner(keyFile)
  jws = await signer.sign(CLAIMS)
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const base64url = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const parts = () => jws.split('.') as [string, string, string]

test('a grant signed here is read back here, and by any tool that has the published key', async () => {
  expect(await signer.verify(jws)).toEqual(CLAIMS)
  const [jwk] = signer.jwks.keys
  const { payload, protectedHeader } = await jwtVerify(jws, await importJWK(jwk ?? {}, 'EdDSA'), {
    algorithms: ['EdDSA'],
  })
  expect(payload).toEqual(CLAIMS)
  expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: jwk?.kid })
})

test('the published key holds nothing of the private one', () => {
  expect(signer.jwks.keys).toHaveLength(1)
  expect(Object.keys(signer.jwks.keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
})

test('the same claims give the same text, whenever it is fetched again', async () => {
  expect(await signer.sign(CLAIMS)).toBe(jws)
  expect(await (await loadSigner(keyFile)).sign(CLAIMS)).toBe(jws)
})

describe('M12 a grant has one text: every other spelling of the same bytes is refused', () => {
  const spareBits = (part: string): string[] => {
    const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const bytes = Buffer.from(part, 'base64url')
    return [...signs]
      .map((sign) => part.slice(0, -1) + sign)
      .filter((p) => p !== part && Buffer.from(p, 'base64url').equals(bytes))
  }

  test('spare bits of the last sign', async () => {
    const [header, payload, signature] = parts()
    const spellings = spareBits(signature).map((other) => `${header}.${payload}.${other}`)
    expect(spellings.length).toBeGreaterThan(0)
    for (const text of spellings) expect(await signer.verify(text)).toBeNull()
  })

  test.each<[string, (h: string, p: string, s: string) => string]>([
    ['padding', (h, p, s) => `${h}.${p}.${s}==`],
    ['one sign of padding', (h, p, s) => `${h}.${p}.${s}=`],
    ['a space inside', (h, p, s) => `${h}.${p}.${s.slice(0, 9)} ${s.slice(9)}`],
    ['a space in the header', (h, p, s) => `${h.slice(0, 5)} ${h.slice(5)}.${p}.${s}`],
    ['a line break at the end', (h, p, s) => `${h}.${p}.${s}\n`],
    ['a space before it', (h, p, s) => ` ${h}.${p}.${s}`],
    ['the other base64 alphabet', (h, p, s) => `${h}.${p}.${s}`.replaceAll('-', '+').replaceAll('_', '/').concat('+')],
    ['a fourth part', (h, p, s) => `${h}.${p}.${s}.`],
    ['a part too few', (h, p) => `${h}.${p}`],
    ['no payload', (h, _p, s) => `${h}..${s}`],
    ['no signature', (h, p) => `${h}.${p}.`],
    ['nothing', () => ''],
  ])('%s', async (_what, spell) => {
    expect(await signer.verify(spell(...parts()))).toBeNull()
  })
})

describe('T17 what this key did not sign as EdDSA is no grant', () => {
  const publicPem = () =>
    createPublicKey(readFileSync(keyFile, 'utf8')).export({ type: 'spki', format: 'pem' }).toString()

  test('alg none', async () => {
    const [, payload] = parts()
    expect(await signer.verify(`${base64url({ alg: 'none' })}.${payload}.`)).toBeNull()
    expect(await signer.verify(`${base64url({ alg: 'none' })}.${payload}.${parts()[2]}`)).toBeNull()
  })

  test('HMAC with the public key as its secret', async () => {
    const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${parts()[1]}`
    const mac = createHmac('sha256', publicPem()).update(signed).digest('base64url')
    expect(await signer.verify(`${signed}.${mac}`)).toBeNull()
  })

  test.each(['ES256', 'RS256', 'Ed448', 'eddsa', ''])('our own signature under a header that says %j', async (alg) => {
    const signed = `${base64url({ alg, typ: 'JWT' })}.${parts()[1]}`
    const signature = signBytes(null, Buffer.from(signed), readFileSync(keyFile, 'utf8')).toString('base64url')
    expect(await signer.verify(`${signed}.${signature}`)).toBeNull()
  })

  test('another key, also where it brings itself along in the header', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const header = { alg: 'EdDSA', typ: 'JWT', kid: signer.jwks.keys[0]?.kid, jwk: publicKey.export({ format: 'jwk' }) }
    const signed = `${base64url(header)}.${parts()[1]}`
    expect(
      await signer.verify(`${signed}.${signBytes(null, Buffer.from(signed), privateKey).toString('base64url')}`),
    ).toBeNull()
    expect(await (await loadSigner(join(dir, 'other.pem'))).verify(jws)).toBeNull()
  })

  test('T2 claims that were changed after signing', async () => {
    const [header, , signature] = parts()
    expect(await signer.verify(`${header}.${base64url({ ...CLAIMS, jti: 'req_2' })}.${signature}`)).toBeNull()
  })

  test('text that we signed but that holds no claims', async () => {
    const signed = `${base64url({ alg: 'EdDSA' })}.${base64url('"req_1"')}`
    const signature = signBytes(null, Buffer.from(signed), readFileSync(keyFile, 'utf8')).toString('base64url')
    expect(await signer.verify(`${signed}.${signature}`)).toBeNull()
  })
})

describe('the key file', () => {
  test('is made with mode 0600 in a directory with mode 0700 where there is none', () => {
    expect(statSync(keyFile).mode & 0o777).toBe(0o600)
    expect(statSync(join(dir, 'keys')).mode & 0o777).toBe(0o700)
    expect(readFileSync(keyFile, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
  })

  test('that other users can read is warned of, with what to do; one that is ours alone is not', async () => {
    const file = join(dir, 'open.pem')
    expect((await loadSigner(file)).warnings).toEqual([])
    chmodSync(file, 0o640)
    expect((await loadSigner(file)).warnings).toEqual([
      `SIGNING_KEY_FILE ${file} is open to other users (mode 640): run chmod 600 on it.`,
    ])
  })

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ed = generateKeyPairSync('ed25519')
  test.each([
    ['nothing', ''],
    ['garbage', 'canary7f3a9c is no key'],
    ['an RSA key', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['a public key', ed.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['half a key', ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().slice(0, 60)],
    [
      'a key behind a passphrase',
      ed.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
    ],
    ['a key of X25519', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ])('with %s in it stops the start, says what to do and stays as it was', async (what, content) => {
    const file = join(dir, `${what.replaceAll(' ', '-')}.pem`)
    writeFileSync(file, content)
    const failure = await loadSigner(file).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(SigningKeyError)
    const { message } = failure as SigningKeyError
    expect(message).toContain(`SIGNING_KEY_FILE ${file}`)
    expect(message).toContain('Ed25519 key as PKCS#8 PEM')
    expect(message).not.toMatch(/canary|BEGIN|MC4C/)
    expect(readFileSync(file, 'utf8')).toBe(content)
  })

  test('that is a directory stops the start', async () => {
    await expect(loadSigner(dir)).rejects.toThrow(SigningKeyError)
  })

  test.skipIf(process.getuid?.() === 0)('in a directory that cannot be written stops the start', async () => {
    const closed = mkdtempSync(join(dir, 'closed-'))
    chmodSync(closed, 0o500)
    await expect(loadSigner(join(closed, 'key.pem'))).rejects.toThrow(SigningKeyError)
  })

  test('is one key for two processes that start at once', async () => {
    const script = `
      import { loadSigner } from ${JSON.stringify(join(import.meta.dirname, '../src/signing.ts'))}
      process.stdout.write('ready\\n')
      process.stdin.once('data', async () => {
        const signer = await loadSigner(process.argv[1])
        process.stdout.write(signer.jwks.keys[0].kid)
        process.stdin.destroy()
      })`
    const file = join(dir, 'race.pem')
    const runs = [0, 1].map(() => spawn(process.execPath, ['--input-type=module-typescript', '-e', script, file]))
    const outputs = runs.map(() => '')
    const ready = runs.map(
      (run, i) =>
        new Promise<void>((resolve) => {
          run.stdout.on('data', (chunk: Buffer) => {
            outputs[i] += chunk.toString()
            if (outputs[i]?.includes('ready\n')) resolve()
          })
        }),
    )
    const ended = runs.map((run) => new Promise<number | null>((resolve) => run.once('close', resolve)))
    await Promise.all(ready)
    for (const run of runs) run.stdin.write('go\n')
    expect(await Promise.all(ended)).toEqual([0, 0])
    const { kid } = (await loadSigner(file)).jwks.keys[0] ?? {}
    expect(outputs).toEqual([`ready\n${kid}`, `ready\n${kid}`])
  })
})
