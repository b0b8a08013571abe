import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { COMMAND } from '../src/slack/commands/index.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const text = readFileSync(join(ROOT, 'manifest.yml'), 'utf8')
const manifest = parse(text)

/** A text with Slack's limits. Source: the app manifest reference of Slack's developer documentation. */
const limited = (maxLength: number, minLength = 1) => ({ type: 'string', minLength, maxLength })
const closed = (required: readonly string[], properties: object) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})
const flag = { type: 'boolean' }

const SLASH_COMMAND = closed(['command', 'description', 'should_escape'], {
  command: { type: 'string', pattern: '^/[^\\s/]+$', minLength: 2, maxLength: 32 },
  url: { type: 'string', pattern: '^https://' },
  description: limited(2000),
  usage_hint: limited(1000),
  should_escape: flag,
})
const FEATURES = closed(['bot_user', 'slash_commands'], {
  app_home: closed([], {
    home_tab_enabled: flag,
    messages_tab_enabled: flag,
    messages_tab_read_only_enabled: flag,
  }),
  bot_user: closed(['display_name'], {
    display_name: { type: 'string', pattern: '^[A-Za-z0-9._ -]+$', minLength: 1, maxLength: 80 },
    always_online: flag,
  }),
  slash_commands: { type: 'array', minItems: 1, maxItems: 50, items: SLASH_COMMAND },
})
const SETTINGS = closed(['interactivity', 'socket_mode_enabled'], {
  event_subscriptions: closed(['bot_events'], {
    request_url: { type: 'string', pattern: '^https://' },
    bot_events: { type: 'array', uniqueItems: true, maxItems: 100, items: { type: 'string', pattern: '^[a-z_]+$' } },
  }),
  interactivity: closed(['is_enabled'], {
    is_enabled: flag,
    request_url: { type: 'string', pattern: '^https://' },
  }),
  org_deploy_enabled: flag,
  socket_mode_enabled: flag,
  token_rotation_enabled: flag,
})
const SCHEMA = closed(['display_information', 'features', 'oauth_config', 'settings'], {
  _metadata: closed(['major_version'], { major_version: { const: 2 }, minor_version: { type: 'integer' } }),
  display_information: closed(['name'], {
    name: limited(35),
    description: limited(140),
    long_description: limited(4000, 175),
    background_color: { type: 'string', pattern: '^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$' },
  }),
  features: FEATURES,
  oauth_config: closed(['scopes'], {
    scopes: closed(['bot'], {
      bot: { type: 'array', uniqueItems: true, maxItems: 255, items: { type: 'string', pattern: '^[a-z:._]+$' } },
    }),
  }),
  settings: SETTINGS,
})

const validate = new Ajv({ allErrors: true }).compile(SCHEMA)

/** What a Web API method needs of the bot token. Source: each method's page in Slack's documentation. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.getPermalink': [],
  'views.open': [],
  'views.push': [],
  'views.update': [],
  'views.publish': [],
  'users.info': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'conversations.open': ['im:write'],
  'bots.info': ['users:read'],
  'team.info': ['team:read'],
}

/** Scopes of what is read from answers and of what Slack sends, rather than of a method. */
const MORE_SCOPES = ['commands', 'users:read.email']

const source = sourcesIn(join(ROOT, 'src/slack'))
  .concat(sourcesIn(join(ROOT, 'src/cli/doctor')))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')

function sourcesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(directory, file))
}

const FAMILIES = 'auth|chat|views|users|usergroups|conversations|bots|team|reactions|pins|files'
const ARRAY = /^users\.(?:filter|find|flatMap|forEach|includes|map|slice|some|every|sort|toSorted|join|at)$/

/** Every method of the Web API that stands in our source, called on a client or named in a text. */
const called = new Set(
  [
    ...source.matchAll(new RegExp(`\\.((?:${FAMILIES})(?:\\.users)?\\.[a-zA-Z]+)\\(`, 'g')),
    ...source.matchAll(new RegExp(`'((?:${FAMILIES})(?:\\.[a-zA-Z]+)+)'`, 'g')),
  ].flatMap(([, method]) => (method === undefined || ARRAY.test(method) ? [] : [method])),
)

describe('the manifest is one that Slack takes', () => {
  it('every field is known and within its limit', () => {
    expect(validate(manifest) ? [] : validate.errors).toEqual([])
  })

  it('the check sees an error', () => {
    const bad = structuredClone(manifest)
    bad.features.slash_commands[0].command = 'approvals'
    bad.display_information.name = 'x'.repeat(36)
    bad.settings.socket_mode = true
    validate(bad)
    expect(validate.errors?.map(({ instancePath }) => instancePath).toSorted()).toEqual([
      '/display_information/name',
      '/features/slash_commands/0/command',
      '/settings',
    ])
  })

  it('Socket Mode needs no public address', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true)
    expect(JSON.stringify(manifest)).not.toMatch(/"(?:url|request_url)"/)
  })

  it('with the three lines it says, it is the manifest of HTTP mode', () => {
    const lines = [...text.matchAll(/^# {3}\[(\d)\] (.*)$/gm)]
    expect(lines.length).toBe(3)
    const http = lines
      .reduce((all, [, n, line]) => all.replace(new RegExp(`# \\[${n}\\] HTTP mode: .*`), line ?? ''), text)
      .replace('socket_mode_enabled: true', 'socket_mode_enabled: false')
    const read = parse(http)
    expect(validate(read) ? [] : validate.errors).toEqual([])
    const url = 'https://countersign.example.com/slack/events'
    expect(read.features.slash_commands[0].url).toBe(url)
    expect(read.settings.event_subscriptions.request_url).toBe(url)
    expect(read.settings.interactivity.request_url).toBe(url)
  })
})

describe('the manifest asks for what the code uses, and for nothing else', () => {
  it('every method that is called is known here', () => {
    expect([...called].filter((method) => !Object.hasOwn(SCOPES, method))).toEqual([])
    expect(called).toContain('chat.postMessage')
  })

  it('scopes', () => {
    const needed = new Set([...MORE_SCOPES, ...[...called].flatMap((method) => SCOPES[method] ?? [])])
    expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual([...needed].toSorted())
  })

  it('events', () => {
    const events = readFileSync(join(ROOT, 'src/slack/events.ts'), 'utf8')
    const handled = [...events.matchAll(/case '([a-z_]+)':/g)].map(([, event]) => event)
    expect(manifest.settings.event_subscriptions.bot_events.toSorted()).toEqual([...new Set(handled)].toSorted())
  })

  it('commands', () => {
    expect(manifest.features.slash_commands.map((each: { command: string }) => each.command)).toEqual([COMMAND])
  })

  it('users and channels come as ids in every command', () => {
    for (const command of manifest.features.slash_commands) expect(command.should_escape).toBe(true)
  })
})
