import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt'
import type { KnownBlock } from '@slack/types'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts'

export type Mode = 'socket' | 'http'

export interface Stage {
  sandbox: Sandbox
  app: App
  stop: () => Promise<void>
}

/** The real Bolt App, connected to a sandbox of its own over real sockets. */
export async function stage(mode: Mode, options?: SandboxOptions, reconnectMs = 5_000): Promise<Stage> {
  const sandbox = await startSandbox(options)
  return mode === 'socket' ? socketStage(sandbox, reconnectMs) : httpStage(sandbox)
}

const clientOptions = (sandbox: Sandbox) => ({
  slackApiUrl: sandbox.apiUrl,
  retryConfig: { retries: 0 },
  timeout: 5_000,
})

function newApp(sandbox: Sandbox, receiver: HTTPReceiver | SocketModeReceiver): App {
  return new App({
    token: sandbox.botToken,
    receiver,
    deferInitialization: true,
    clientOptions: clientOptions(sandbox),
    logLevel: LogLevel.ERROR,
  })
}

async function socketStage(sandbox: Sandbox, reconnectMs: number): Promise<Stage> {
  const clientOptionsOfItsOwn = { slackApiUrl: sandbox.apiUrl, retryConfig: { retries: 100, minTimeout: 20 } }
  const receiver = new SocketModeReceiver({
    appToken: sandbox.appToken,
    // The client waits this long before it connects again.
    clientPingTimeout: reconnectMs,
    installerOptions: { clientOptions: clientOptionsOfItsOwn },
    logLevel: LogLevel.ERROR,
  })
  const app = newApp(sandbox, receiver)
  await app.init()
  await app.start()
  const stop = async () => {
    await app.stop()
    await sandbox.stop()
  }
  return { sandbox, app, stop }
}

async function httpStage(sandbox: Sandbox): Promise<Stage> {
  const receiver = new HTTPReceiver({
    signingSecret: sandbox.signingSecret,
    endpoints: ['/slack/events'],
    logLevel: LogLevel.ERROR,
  })
  const app = newApp(sandbox, receiver)
  await app.init()
  const server: Server = createServer((incoming, outgoing) => receiver.requestListener(incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  sandbox.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`)
  const stop = async () => {
    await sandbox.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { sandbox, app, stop }
}

/** A small card with an Approve button. */
export function card(value = 'req_1'): KnownBlock[] {
  return [
    { type: 'section', block_id: 'what', text: { type: 'mrkdwn', text: 'Export *customers*' } },
    {
      type: 'actions',
      block_id: 'verdict',
      elements: [
        { type: 'button', action_id: 'approve', text: { type: 'plain_text', text: 'Approve', emoji: false }, value },
        { type: 'button', action_id: 'deny', text: { type: 'plain_text', text: 'Deny' }, value, style: 'danger' },
      ],
    },
  ]
}

export async function postCard({ sandbox, app }: Stage, channel = 'C0APPROVALS'): Promise<string> {
  const posted = await app.client.chat.postMessage({ channel, text: 'Export', blocks: card() })
  if (!posted.ts || !sandbox.message(channel, posted.ts)) throw new Error('the card was not posted')
  return posted.ts
}
