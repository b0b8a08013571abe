import { storeContract } from './contract.ts'
import { aFile, opened } from './places.ts'

storeContract('the SQLite store', () => {
  const file = aFile()
  return (now) => opened(file, now ? { now } : {})
})
