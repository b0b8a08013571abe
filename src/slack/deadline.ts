export { LATE, within } from '../service/deadline.ts'
