import { helpText } from '../cards/help.ts'
import type { Verb } from './asked.ts'

export const help: Verb = async ({ room, audience }) =>
  helpText({ isAdmin: audience.isAdmin, pause: await room.service.reads.pause() })
