import type { Command } from 'commander'
import { type ClientTerms, updateClient } from '../approval/client.ts'
import { changeClient, osIdentity, TERMINAL } from './admin.ts'
import { clientJson, clientSheet } from './clients-shown.ts'
import { readTerms, type TermOptions, withTerms } from './clients-terms.ts'
import { newCommand, print, printJson } from './command.ts'
import { Failure } from './failure.ts'

interface Options extends TermOptions {
  readonly anyAction?: boolean
  readonly anyEnvironment?: boolean
  readonly anyIp?: boolean
  readonly endOverlap?: boolean
  readonly json?: boolean
}

export const updateCommand = (): Command =>
  withTerms(
    newCommand(
      'update',
      'Change who answers for a client and what it may; each list that is given replaces the old one',
      [
        'clients update abcdefgh2345 --owner U0BOB --owner U0CAROL',
        'clients update abcdefgh2345 --expires 90d --ip 192.0.2.0/24',
        'clients update abcdefgh2345 --any-action --no-act-for',
      ],
    ).argument('<id>', 'the client’s id'),
    null,
  )
    .option('--no-act-for', 'may not name a person it acts for')
    .option('--any-action', 'may ask for any action')
    .option('--any-environment', 'may ask for any environment, or none')
    .option('--any-ip', 'its key works from anywhere')
    .option('--end-overlap', 'the key before the last rotation stops at once')
    .action(update)

async function update(id: string, options: Options): Promise<void> {
  const terms = { ...(await readTerms(options, Date.now())), ...lifted(options) }
  const endOverlap = options.endOverlap === true
  if (Object.keys(terms).length === 0 && !endOverlap) {
    const hint = 'Add what shall be otherwise, such as --expires 90d; --help lists it all.'
    throw new Failure('nothing_given', 'nothing was said that could be changed', { hint })
  }
  const shown = await changeClient(id, (client) => {
    const change = updateClient(client, terms, endOverlap, osIdentity(), TERMINAL, Date.now())
    const hint = `Look at it with: countersign clients show ${id}`
    if (!change) throw new Failure('unchanged', `the client ${id} is like that already`, { hint })
    return change
  })
  const nowMs = Date.now()
  if (options.json) return printJson(clientJson(shown, nowMs))
  print(
    `${clientSheet(shown, nowMs)}\n\nThis holds for what is asked from now on; open asks keep whom they were asked by.`,
  )
}

/** Limits that are taken away. @throws Failure where one is given at the same time. */
function lifted(options: Options): Partial<ClientTerms> {
  const both = (option: 'action' | 'environment' | 'ip', any: boolean | undefined): boolean => {
    if (any && options[option]) {
      const hint = 'Give the one or the other.'
      throw new Failure('usage', `--${option} and --any-${option} say opposite things`, { hint })
    }
    return any === true
  }
  return {
    ...(both('action', options.anyAction) && { actions: null }),
    ...(both('environment', options.anyEnvironment) && { environments: null }),
    ...(both('ip', options.anyIp) && { ipRanges: [] }),
  }
}
