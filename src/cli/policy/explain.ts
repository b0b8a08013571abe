import type { Command } from 'commander'
import type { policyAsCode } from '../../serve.ts'
import { newCommand, print, printJson } from '../command.ts'
import { Failure } from '../failure.ts'
import { databaseSettings } from '../settings.ts'
import { quoted, stamp } from '../times.ts'
import { type AskOptions, askFrom, type Question, questionOf, type Reads } from './explain-ask.ts'
import { type WhoCould, whoCould } from './explain-people.ts'
import { explainedJson, explainedLines } from './explained.ts'
import { house, policyFrom } from './read.ts'
import { slackWanted } from './slack.ts'

interface Options extends AskOptions {
  readonly json?: boolean
  readonly request?: string
  readonly slack?: boolean
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

export function explainCommand(): Command {
  return newCommand('explain', 'Say for one ask which rules apply and why, what it needs, and who could say yes now', [
    'policy explain policy.yaml --action data.export --environment production --param rows=5000 --owner U0ALICE',
    'policy explain policy.yaml --ask ask.json --as-client abcdefgh2345 --at 2026-11-20T16:30:00+01:00',
    'policy explain policy.yaml --request req_0199c2d4',
  ])
    .argument('<file>', 'the policy file')
    .option('--action <action>', 'such as data.export')
    .option('--resource <resource>', 'what it acts on')
    .option('--environment <environment>', 'such as production')
    .option('--title <title>', 'one line, as the asker would write it')
    .option('--reason <reason>', 'why, as the asker would write it')
    .option('--param <name=value>', 'a parameter; the value is JSON where it can be (repeatable)', collect)
    .option('--params <file>', 'all parameters, a JSON object; - for standard input')
    .option('--ask <file>', 'the whole ask, as the body of POST /v1/requests; - for standard input')
    .option('--as-client <id>', 'who asks: a client of the database, with its owners')
    .option('--owner <slack user id>', 'who answers for the client (repeatable)', collect)
    .option('--on-behalf-of <who>', 'the human it is asked for: an e-mail address or a Slack user id')
    .option('--verified-by <way>', 'client_key or oidc (default: client_key)')
    .option('--at <time>', 'the moment, such as 2026-11-20T16:30:00+01:00 (default: now)')
    .option('--request <id>', 'a request of the database, in place of an ask')
    .option('--slack', 'look up people in Slack, and fail where Slack does not answer')
    .option('--no-slack', 'keep to ids')
    .addHelpText('after', '\nExit codes: 0, whatever the policy says of the ask; 2 the file or the ask is not valid')
    .action(explain)
}

export interface Explained {
  readonly file: string
  readonly policy: policyAsCode.Policy
  readonly atMs: number
  readonly question: Question
  readonly explanation: policyAsCode.Explanation
  readonly who: WhoCould
  /** Everything is stopped: by whom and why; null where nothing is, or no database was looked at. */
  readonly paused: string | null
}

async function explain(file: string, options: Options): Promise<void> {
  if ((options.request === undefined) === (options.action === undefined && options.ask === undefined)) {
    const hint = 'Write --action data.export (or --ask FILE), or --request req_… for one of the database.'
    throw new Failure('usage', 'say either an ask or a request to be explained', { hint })
  }
  const policy = await policyFrom(file)
  const slack = slackWanted(options.slack)
  const { policyAsCode } = await house()
  const atMs = options.at === undefined ? Date.now() : policyAsCode.momentMs(options.at)
  if (atMs === null) {
    const hint = 'Write date, time and offset: 2026-11-20T16:30:00+01:00, or …Z for UTC.'
    throw new Failure('at_invalid', `${quoted(options.at ?? '')} is no time`, { hint })
  }
  const answer = await withReads(options, async (reads): Promise<Explained> => {
    const question = await questionFrom(options, policy, reads)
    const { ask, requester } = question
    const usedUp = reads ? await usedUpBy(question, policy, reads, atMs) : new Set<string>()
    const explanation = policyAsCode.explain(policy, { ask, requester }, { nowMs: atMs, usedUp })
    const who = await whoCould(question, policy, explanation.evaluation, { reads, slack, nowMs: atMs })
    const pause = (await reads?.pause()) ?? null
    const paused = pause && `by ${pause.by} since ${stamp(pause.atMs)}${pause.reason ? `: ${pause.reason}` : ''}`
    return { file, policy, atMs, question, explanation, who, paused }
  })
  if (options.json) printJson(explainedJson(answer, policyAsCode.durationWords))
  else for (const line of explainedLines(answer, policyAsCode)) print(line)
}

/** The database is looked at only where the question is about something in it. */
async function withReads<T>({ request, asClient }: Options, look: (reads: Reads | null) => Promise<T>): Promise<T> {
  if (request === undefined && asClient === undefined) return look(null)
  const config = databaseSettings()
  const { openForReading } = await house()
  const { reads, close } = openForReading(config)
  try {
    return await look(reads)
  } finally {
    await close()
  }
}

async function questionFrom(options: Options, policy: policyAsCode.Policy, reads: Reads | null): Promise<Question> {
  if (options.request !== undefined && reads) {
    const request = await reads.request(options.request)
    if (request) return questionOf(request, reads)
    const hint = 'Ids look like req_0199c2d4…; the card and the API show them.'
    throw new Failure('not_found', `there is no request ${quoted(options.request)}`, { hint })
  }
  if (options.asClient === undefined || !reads) return askFrom(options, policy, null)
  const client = await reads.client(options.asClient)
  const hint = 'See them all with: countersign clients list'
  if (!client) throw new Failure('not_found', `there is no client ${quoted(options.asClient)}`, { hint })
  return askFrom(options, policy, client)
}

/** Limited allow rules that this requester has used up at this moment. */
async function usedUpBy(question: Question, policy: policyAsCode.Policy, reads: Reads, atMs: number) {
  const { policyAsCode } = await house()
  const keys = policyAsCode.requesterKeys(question.requester.client.id, question.ask, policy.people)
  const usedUp = new Set<string>()
  for (const { id, limit } of policy.rules) {
    if (limit === null) continue
    for (const key of keys) {
      if ((await reads.allowancesUsed(id, key, atMs - limit.perMs)) >= limit.most) usedUp.add(id)
    }
  }
  return usedUp
}
