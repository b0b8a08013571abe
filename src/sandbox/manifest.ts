import { isObject, type Json, type JsonObject, textOf } from './json.ts'
import type { Shortcut, SlashCommand, WorkspaceSeed } from './types.ts'

/**
 * What a Slack app manifest says of the app, as a seed: its name, commands, shortcuts, scopes and events. What else it
 * says does not change the sandbox.
 * @throws Error whose sentence names the part that cannot be read.
 */
export function fromManifest(manifest: unknown): WorkspaceSeed {
  const { display_information, features, oauth_config, settings } = parts(manifest, 'the manifest')
  const { name } = parts(display_information, 'display_information')
  const { slash_commands, shortcuts } = parts(features, 'features')
  const { scopes } = parts(oauth_config, 'oauth_config')
  const { event_subscriptions, socket_mode_enabled } = parts(settings, 'settings')
  const { bot_events } = parts(event_subscriptions, 'settings.event_subscriptions')
  const { bot } = parts(scopes, 'oauth_config.scopes')
  flag(socket_mode_enabled, 'settings.socket_mode_enabled')
  return {
    appName: required(name, 'display_information.name'),
    commands: each(slash_commands, 'features.slash_commands', command),
    shortcuts: each(shortcuts, 'features.shortcuts', shortcut),
    scopes: each(bot, 'oauth_config.scopes.bot', required),
    events: each(bot_events, 'settings.event_subscriptions.bot_events', required),
  }
}

function command(value: Json, at: string): SlashCommand {
  const declared = parts(value, at)
  const name = required(declared.command, `${at}.command`)
  if (!/^\/[^\s/]+$/.test(name)) throw new Error(`${at}.command must be a slash and a word, not ${name}`)
  return {
    command: name,
    description: optional(declared.description, `${at}.description`),
    usage_hint: optional(declared.usage_hint, `${at}.usage_hint`),
    should_escape: flag(declared.should_escape, `${at}.should_escape`),
  }
}

function shortcut(value: Json, at: string): Shortcut {
  const declared = parts(value, at)
  const { type } = declared
  if (type !== 'message' && type !== 'global') throw new Error(`${at}.type must be message or global`)
  return {
    name: required(declared.name, `${at}.name`),
    type,
    callback_id: required(declared.callback_id, `${at}.callback_id`),
    description: optional(declared.description, `${at}.description`),
  }
}

function parts(value: unknown, at: string): JsonObject {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw new Error(`${at} must be an object`)
  return value
}

function each<T>(value: Json | undefined, at: string, read: (value: Json, at: string) => T): readonly T[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Error(`${at} must be a list`)
  return value.map((item: Json, index) => read(item, `${at}[${index}]`))
}

function required(value: Json | undefined, at: string): string {
  const text = textOf(value)
  if (text === '') throw new Error(`${at} must be a text`)
  return text
}

function optional(value: Json | undefined, at: string): string {
  return value === undefined || value === null ? '' : required(value, at)
}

function flag(value: Json | undefined, at: string): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw new Error(`${at} must be true or false`)
  return value ?? false
}
