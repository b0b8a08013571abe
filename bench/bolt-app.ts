import bolt from '@slack/bolt'

/** The least Bolt app there is, for the cold start: Socket Mode, no listener. argv: API URL, bot token, app token. */
const [, , slackApiUrl = '', token = '', appToken = ''] = process.argv
const app = new bolt.App({ token, appToken, socketMode: true, clientOptions: { slackApiUrl } })
await app.start()
process.stdout.write('ready\n')
