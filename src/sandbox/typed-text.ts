import type { Workspace } from './workspace.ts'

const EVERYBODY = ['here', 'channel', 'everyone']

/** What somebody typed, as Slack passes it on: `&`, `<` and `>` as entities, @handle and #channel as ids. */
export function escaped(workspace: Workspace, text: string, form: 'command' | 'message'): string {
  const { users, groups, channels } = workspace
  const encoded = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const withUsers = encoded.replace(/(?<![\w.])@([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)/g, (typed, handle: string) => {
    const user = [...users.values()].find((each) => each.name === handle)
    if (user) return form === 'command' ? `<@${user.id}|${user.name}>` : `<@${user.id}>`
    const group = [...groups.values()].find((each) => each.handle === handle && each.date_delete === 0)
    if (group) return `<!subteam^${group.id}|@${handle}>`
    return form === 'message' && EVERYBODY.includes(handle) ? `<!${handle}>` : typed
  })
  return withUsers.replace(/(?<![\w&])#([a-z0-9][a-z0-9_-]*)/g, (typed, name: string) => {
    const channel = [...channels.values()].find((each) => !each.is_im && each.name === name)
    return channel ? `<#${channel.id}|${channel.name}>` : typed
  })
}
