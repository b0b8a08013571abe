/** How the process was set up. Nothing here is secret: it may be logged. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | null
  readonly databaseFile: string
  readonly policyFile: string
  readonly signingKeyFile: string
  readonly slackMode: 'socket' | 'http'
  readonly slackApiUrl: string
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  readonly logFormat: 'json' | 'pretty'
}

/** Kept apart from {@link Config}, so that nothing that logs the one can log the other. */
export interface Secrets {
  readonly slackBotToken: string
  readonly slackAppToken: string | null
  readonly slackSigningSecret: string | null
}
