import { auditSheet } from '../cards/audit-sheet.ts'
import type { Verb } from './asked.ts'

const NEWEST = 10

/** Where the log stands. */
export const audit: Verb = async ({ room }) => {
  const { reads } = room.service
  const head = await reads.head()
  const newest = await reads.auditEntries(Math.max(0, head.size - NEWEST), NEWEST)
  return auditSheet(head, newest.toReversed())
}
