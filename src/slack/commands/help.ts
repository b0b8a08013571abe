import { helpText } from '../cards/lists.ts'
import type { Verb } from './asked.ts'

export const help: Verb = async () => helpText()
