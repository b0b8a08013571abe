import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readEnvironment } from '../src/config/environment.ts'
import { VARIABLES } from '../src/config/strays.ts'
import { type ConfigReading, readConfig } from '../src/config.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-config-'))
  writeFileSync(join(directory, 'policy.yaml'), 'version: 1\n')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const BOT = 'xoxb-1234567890-abcdefghijkl'
const APP = 'xapp-1-A0AAAAAA-1234567890-abcdef'
const SIGNING = '0123456789abcdef0123456789abcdef'
const GOOD = { SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP }

const read = (env: Record<string, string | undefined>): ConfigReading => readConfig(env, { directory })

function problemsOf(env: Record<string, string | undefined>) {
  const answer = read(env)
  return 'problems' in answer ? answer.problems : []
}

function good(env: Record<string, string | undefined>) {
  const answer = read(env)
  if ('problems' in answer) throw new Error(JSON.stringify(answer.problems))
  return answer
}

describe('what is not set has the documented default', () => {
  it('two tokens and a policy are enough', () => {
    expect(good(GOOD)).toEqual({
      config: {
        host: '127.0.0.1',
        port: 8787,
        publicUrl: null,
        databaseFile: join(directory, 'data/countersign.db'),
        policyFile: join(directory, 'policy.yaml'),
        signingKeyFile: join(directory, 'data/signing-key.pem'),
        slackMode: 'socket',
        slackApiUrl: 'https://slack.com/api/',
        oidcAllowHttpLoopback: false,
        logLevel: 'info',
        logFormat: 'json',
      },
      secrets: { slackBotToken: BOT, slackAppToken: APP, slackSigningSecret: null },
      warnings: [],
    })
  })

  it('an empty value is a value that is not set', () => {
    expect(good({ ...GOOD, PORT: '', SLACK_SIGNING_SECRET: '' }).config.port).toBe(8787)
  })

  it('the mode follows from the secret that is there', () => {
    expect(good({ SLACK_BOT_TOKEN: BOT, SLACK_SIGNING_SECRET: SIGNING }).config.slackMode).toBe('http')
    expect(good({ ...GOOD, SLACK_SIGNING_SECRET: SIGNING, SLACK_MODE: 'http' }).config.slackMode).toBe('http')
  })
})

describe('a value that is understood is taken as meant', () => {
  it.each([
    ['PORT', '0', { port: 0 }],
    ['PORT', '65535', { port: 65535 }],
    ['HOST', '0.0.0.0', { host: '0.0.0.0' }],
    ['HOST', '::1', { host: '::1' }],
    ['PUBLIC_URL', 'https://approvals.example.com', { publicUrl: 'https://approvals.example.com' }],
    ['PUBLIC_URL', 'https://example.com/countersign/', { publicUrl: 'https://example.com/countersign' }],
    ['PUBLIC_URL', 'http://localhost:8787', { publicUrl: 'http://localhost:8787' }],
    ['SLACK_API_URL', 'http://127.0.0.1:4000/api', { slackApiUrl: 'http://127.0.0.1:4000/api/' }],
    ['OIDC_ALLOW_HTTP_LOOPBACK', 'true', { oidcAllowHttpLoopback: true }],
    ['OIDC_ALLOW_HTTP_LOOPBACK', 'false', { oidcAllowHttpLoopback: false }],
    ['LOG_LEVEL', 'debug', { logLevel: 'debug' }],
    ['LOG_FORMAT', 'pretty', { logFormat: 'pretty' }],
  ])('%s=%s', (variable, value, expected) => {
    expect(good({ ...GOOD, [variable]: value }).config).toMatchObject(expected)
  })

  it('a database may be named by a relative path, an absolute one and a file URL', () => {
    const file = join(directory, 'here.db')
    for (const url of ['file:./here.db', 'file:here.db', `file:${file}`, `file://${file}`]) {
      expect(good({ ...GOOD, DATABASE_URL: url }).config.databaseFile).toBe(file)
    }
  })
})

describe('a wrong value stops the start and says what to write instead', () => {
  it.each([
    ['SLACK_BOT_TOKEN', undefined, /not set/],
    ['SLACK_BOT_TOKEN', 'xoxp-1234567890-abcdefghijkl', /user token/],
    ['SLACK_BOT_TOKEN', APP, /SLACK_APP_TOKEN/],
    ['SLACK_BOT_TOKEN', 'xoxe.xoxb-1-abcdefghijkl', /rotating/],
    ['SLACK_BOT_TOKEN', `"${BOT}"`, /quotes/],
    ['SLACK_BOT_TOKEN', `${BOT}\n`, /space or a line break/],
    ['SLACK_BOT_TOKEN', `${BOT} `, /space or a line break/],
    ['SLACK_BOT_TOKEN', `${BOT}\u0000`, /control/],
    ['SLACK_BOT_TOKEN', 'xoxb-...', /placeholder/],
    ['SLACK_BOT_TOKEN', 'xoxb-your-token', /placeholder/],
    ['SLACK_BOT_TOKEN', '   ', /nothing but space/],
    ['SLACK_BOT_TOKEN', 'hunter2hunter2', /no bot token/],
    ['SLACK_APP_TOKEN', undefined, /neither is SLACK_SIGNING_SECRET/],
    ['SLACK_APP_TOKEN', BOT, /SLACK_BOT_TOKEN/],
    ['SLACK_SIGNING_SECRET', 'short', /too short/],
    ['SLACK_SIGNING_SECRET', BOT, /not the signing secret/],
    ['SLACK_MODE', 'sockets', /did you mean socket/],
    ['SLACK_MODE', 'False', /"False"/],
    ['PORT', 'abc', /0 .*to 65535/],
    ['PORT', '70000', /0 .*to 65535/],
    ['PORT', '-1', /0 .*to 65535/],
    ['PORT', '80.5', /0 .*to 65535/],
    ['PORT', '0x50', /0 .*to 65535/],
    ['HOST', 'http://127.0.0.1', /host name alone/],
    ['PUBLIC_URL', 'http://approvals.example.com', /https:\/\/approvals\.example\.com/],
    ['PUBLIC_URL', 'approvals.example.com', /https:\/\//],
    ['PUBLIC_URL', 'https://example.com/?a=1', /query/],
    ['PUBLIC_URL', 'https://me:secret@example.com/', /password/],
    ['SLACK_API_URL', 'http://slack.example.com/api/', /plain http/],
    ['SLACK_API_URL', 'http://127.0.0.1.example.com/api/', /plain http/],
    ['LOG_LEVEL', 'INFO', /did you mean info/],
    ['LOG_LEVEL', 'warning', /fatal, error, warn/],
    ['LOG_FORMAT', 'yaml', /json, pretty/],
    ['OIDC_ALLOW_HTTP_LOOPBACK', 'True', /true, false/],
    ['OIDC_ALLOW_HTTP_LOOPBACK', '1', /true, false/],
    ['DATABASE_URL', ':memory:', /in memory/],
    ['DATABASE_URL', 'file::memory:', /in memory/],
    ['DATABASE_URL', 'file:x.db?mode=memory', /in memory/],
    ['DATABASE_URL', 'file:x.db?cache=shared', /options/],
    ['DATABASE_URL', 'postgres://me:secret@db/countersign', /PostgreSQL/],
    ['DATABASE_URL', './x.db', /file:/],
    ['DATABASE_URL', 'file:', /no file/],
    ['DATABASE_URL', 'file:./data/', /no file/],
    ['DATABASE_URL', 'file://otherhost/x.db', /another machine/],
    ['DATABASE_URL', 'file:/nonexistent/deeper/x.db', /does not exist/],
    ['DATABASE_URL', 'file:./policy.yaml/x.db', /no directory/],
    ['POLICY_FILE', './nowhere.yaml', /does not exist/],
    ['POLICY_FILE', '.', /a directory/],
    ['SIGNING_KEY_FILE', '.', /a directory/],
    ['SIGNING_KEY_FILE', './policy.yaml', /no private key/],
    ['SIGNING_KEY_FILE', '/nonexistent/deeper/key.pem', /does not exist/],
  ])('%s=%j', (variable, value, words) => {
    const problems = problemsOf({ ...GOOD, [variable]: value })
    expect(problems.length).toBeGreaterThan(0)
    const [first] = problems.filter((problem) => problem.variable === variable)
    expect(`${first?.problem} | ${first?.instead}`).toMatch(words)
    expect(first?.instead).not.toBe('')
  })

  it('a database may not be a directory', () => {
    mkdirSync(join(directory, 'folder'))
    expect(problemsOf({ ...GOOD, DATABASE_URL: 'file:./folder' })).toMatchObject([{ variable: 'DATABASE_URL' }])
  })

  it.each([
    ['a public key', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })],
    [
      'type rsa',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ],
  ])('the signing key may not be %s', (what, pem) => {
    writeFileSync(join(directory, 'key.pem'), pem)
    const [problem] = problemsOf({ ...GOOD, SIGNING_KEY_FILE: 'key.pem' })
    expect(problem?.problem).toContain(what)
  })

  it('both secrets need a word on which of them counts', () => {
    expect(problemsOf({ ...GOOD, SLACK_SIGNING_SECRET: SIGNING })).toMatchObject([
      { variable: 'SLACK_MODE', instead: 'socket or http' },
    ])
  })

  it('a mode needs its own secret', () => {
    expect(problemsOf({ ...GOOD, SLACK_MODE: 'http' })).toMatchObject([{ variable: 'SLACK_SIGNING_SECRET' }])
    expect(problemsOf({ SLACK_BOT_TOKEN: BOT, SLACK_SIGNING_SECRET: SIGNING, SLACK_MODE: 'socket' })).toMatchObject([
      { variable: 'SLACK_APP_TOKEN' },
    ])
  })

  it('every problem is told at once', () => {
    const problems = problemsOf({ PORT: 'abc', DATABASE_URL: ':memory:', LOG_LEVEL: 'loud', POLICY_FILE: 'none.yaml' })
    expect(problems.map(({ variable }) => variable).toSorted()).toEqual([
      'DATABASE_URL',
      'LOG_LEVEL',
      'POLICY_FILE',
      'PORT',
      'SLACK_APP_TOKEN',
      'SLACK_BOT_TOKEN',
    ])
  })
})

describe('no secret is ever shown', () => {
  it.each([
    ['SLACK_BOT_TOKEN', 'xoxp-777777777-SECRETSECRETSECRET'],
    ['SLACK_APP_TOKEN', 'xoxb-777777777-SECRETSECRETSECRET'],
    ['SLACK_SIGNING_SECRET', 'xoxb-777777777-SECRETSECRETSECRET'],
    ['PORT', 'xoxb-777777777-SECRETSECRETSECRET'],
    ['LOG_LEVEL', 'cs_abcdefgh2345_SECRETSECRETSECRETSECRETSECRETSECRETSECRETS'],
    ['DATABASE_URL', 'mysql://me:SECRETSECRETSECRET@db/x'],
    ['PUBLIC_URL', 'https://me:SECRETSECRETSECRET@example.com/'],
  ])('%s', (variable, value) => {
    const told = JSON.stringify(problemsOf({ ...GOOD, [variable]: value }))
    expect(told).toContain(variable)
    expect(told).not.toContain('SECRET'.repeat(2))
  })

  it('of a secret the first four characters and the length are told', () => {
    expect(problemsOf({ ...GOOD, SLACK_BOT_TOKEN: 'xoxp-1234567890-abcdefghijkl' })[0]?.problem).toContain(
      'xoxp…, 28 characters',
    )
  })
})

describe('a misspelt variable is not silently ignored', () => {
  it.each([
    ['SLACK_BOT_TOKN', 'SLACK_BOT_TOKEN'],
    ['SLACK_TOKEN', 'SLACK_BOT_TOKEN'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['LOG_LEVELS', 'LOG_LEVEL'],
    ['POLICY_FILES', 'POLICY_FILE'],
  ])('%s: did you mean %s', (variable, instead) => {
    expect(good({ ...GOOD, [variable]: 'x' }).warnings).toMatchObject([{ variable, instead }])
  })

  it('variables of other programs are left alone', () => {
    expect(good({ ...GOOD, HOME: '/root', HOSTNAME: 'a', SLACK_WEBHOOK_URL: 'x', LOG_FILE: 'x' }).warnings).toEqual([])
  })

  it('a signing key that others can read is told of', () => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
    writeFileSync(join(directory, 'key.pem'), pem)
    chmodSync(join(directory, 'key.pem'), 0o644)
    expect(good({ ...GOOD, SIGNING_KEY_FILE: 'key.pem' }).warnings).toMatchObject([{ variable: 'SIGNING_KEY_FILE' }])
  })

  it('a setting for development says what it opens', () => {
    const { warnings } = good({ ...GOOD, OIDC_ALLOW_HTTP_LOOPBACK: 'true' })
    expect(warnings).toMatchObject([
      { variable: 'OIDC_ALLOW_HTTP_LOOPBACK', problem: expect.stringContaining('plain http') },
    ])
  })
})

describe('a command that works on the database alone', () => {
  it('does not need Slack or a policy', () => {
    rmSync(join(directory, 'policy.yaml'))
    expect(readConfig({}, { directory, need: 'database' })).toHaveProperty('config')
  })

  it('still needs a database that can be used', () => {
    const read = readConfig({ DATABASE_URL: ':memory:' }, { directory, need: 'database' })
    expect(read).toMatchObject({ problems: [{ variable: 'DATABASE_URL' }] })
  })
})

describe('.env', () => {
  it('gives what the environment does not, whatever the line ends and marks', () => {
    writeFileSync(join(directory, '.env'), '\uFEFFPORT=1\r\nHOST="localhost"\r\n# LOG_LEVEL=debug\r\n')
    expect(readEnvironment(directory, { PORT: '2' }).env).toEqual({ PORT: '2', HOST: 'localhost' })
  })

  it('is not needed', () => {
    expect(readEnvironment(directory, { PORT: '2' })).toEqual({ env: { PORT: '2' }, problems: [] })
  })

  it('that cannot be read is a problem, not a default', () => {
    mkdirSync(join(directory, '.env'))
    expect(readEnvironment(directory, {}).problems).toMatchObject([{ variable: '.env' }])
  })
})

describe('.env.example', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')

  it('names every variable with a comment', () => {
    for (const variable of VARIABLES)
      expect(text).toMatch(new RegExp(`^# .+\\n(?:# .+\\n)*(?:# )?(?:\\w+=.*\\n(?:# )?)*${variable}=`, 'm'))
  })

  it('left as it is, it does not start anything: only its placeholders are wrong', () => {
    expect(problemsOf(parseEnv(text)).map(({ variable, problem }) => `${variable} ${problem.slice(0, 17)}`)).toEqual([
      'SLACK_BOT_TOKEN still holds the p',
      'SLACK_APP_TOKEN still holds the p',
    ])
  })

  it('its defaults are the ones that hold', () => {
    const uncommented = text
      .replace(/^# (?=[A-Z_]+=)/gm, '')
      .replace('xoxb-...', BOT)
      .replace('xapp-...', APP)
    const { config, warnings } = good(parseEnv(uncommented))
    expect({ ...config, publicUrl: null }).toEqual(good(GOOD).config)
    expect(warnings).toEqual([])
  })
})
