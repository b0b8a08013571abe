import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { fromManifest } from '../../src/sandbox/index.ts'

const manifest = {
  display_information: { name: 'Greeter' },
  features: {
    slash_commands: [{ command: '/greet', description: 'Say hello', should_escape: true, url: 'https://example.com' }],
    shortcuts: [{ name: 'Greet', type: 'global', callback_id: 'greet', description: 'Say hello' }],
  },
  oauth_config: { scopes: { bot: ['commands'] } },
  settings: { event_subscriptions: { bot_events: ['app_mention'] }, socket_mode_enabled: true },
}

describe('an app manifest', () => {
  it('becomes a seed', () => {
    expect(fromManifest(manifest)).toEqual({
      appName: 'Greeter',
      commands: [{ command: '/greet', description: 'Say hello', usage_hint: '', should_escape: true }],
      shortcuts: [{ name: 'Greet', type: 'global', callback_id: 'greet', description: 'Say hello' }],
      scopes: ['commands'],
      events: ['app_mention'],
    })
    const bare = { appName: 'Bare', commands: [], shortcuts: [], scopes: [], events: [] }
    expect(fromManifest({ display_information: { name: 'Bare' } })).toEqual(bare)
  })

  it('of this repository can be read', () => {
    const file = fileURLToPath(new URL('../../manifest.yml', import.meta.url))
    const seed = fromManifest(parse(readFileSync(file, 'utf8')))
    expect(seed).toMatchObject({ appName: 'Countersign', commands: [{ command: '/approvals', should_escape: true }] })
    expect(seed.events).toContain('app_home_opened')
  })

  it.each([
    ['is no object', 'a text', 'the manifest must be an object'],
    ['has no name', {}, 'display_information.name must be a text'],
    ['has commands that are no list', { features: { slash_commands: {} } }, 'features.slash_commands must be a list'],
    [
      'has a command without its slash',
      { features: { slash_commands: [{ command: 'greet' }] } },
      'features.slash_commands[0].command must be a slash and a word, not greet',
    ],
    [
      'has a flag that is none',
      { features: { slash_commands: [{ command: '/greet', should_escape: 'yes' }] } },
      'features.slash_commands[0].should_escape must be true or false',
    ],
    [
      'has a shortcut of no kind',
      { features: { shortcuts: [{ name: 'x', callback_id: 'x', type: 'local' }] } },
      'features.shortcuts[0].type must be message or global',
    ],
    [
      'has a scope that is no text',
      { oauth_config: { scopes: { bot: [1] } } },
      'oauth_config.scopes.bot[0] must be a text',
    ],
    [
      'has events elsewhere',
      { settings: { event_subscriptions: [] } },
      'settings.event_subscriptions must be an object',
    ],
    [
      'is unsure of its mode',
      { settings: { socket_mode_enabled: 1 } },
      'settings.socket_mode_enabled must be true or false',
    ],
  ])('that %s is refused with a sentence', (_, more, sentence) => {
    const broken = typeof more === 'object' && Object.keys(more).length > 0 ? { ...manifest, ...more } : more
    expect(() => fromManifest(broken)).toThrow(sentence)
  })
})
