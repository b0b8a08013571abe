import { expect, test } from 'vitest'
import { dateText } from '../../../../src/sandbox/page/block-kit/dates.ts'

/** Tuesday, 18 February 2014, 06:39:42 in Los Angeles: the moment of Slack's own documentation. */
const AT = 1_392_734_382
const LA = 'America/Los_Angeles'
const LATER = Date.UTC(2020, 0, 1)
const at = (format: string, now = LATER, unix = AT) => dateText(unix, format, now, LA)

test.each([
  ['{date_num}', '2014-02-18'],
  ['{date}', 'February 18th, 2014'],
  ['{date_short}', 'Feb 18, 2014'],
  ['{date_long}', 'Tuesday, February 18th, 2014'],
  ['{date_pretty}', 'February 18th, 2014'],
  ['{date_short_pretty}', 'Feb 18, 2014'],
  ['{date_long_pretty}', 'Tuesday, February 18th, 2014'],
  ['{time}', '6:39 AM'],
  ['{time_secs}', '6:39:42 AM'],
  ['{date_num} {time_secs}', '2014-02-18 6:39:42 AM'],
  ['posted {date_short} at {time}', 'Posted Feb 18, 2014 at 6:39 AM'],
  ['{ago}', '5 years ago'],
])('%s is %s', (format, text) => {
  expect(at(format)).toBe(text)
})

test.each([
  [AT, 'Today at 6:39 AM'],
  [AT - 86_400, 'Tomorrow at 6:39 AM'],
  [AT + 86_400, 'Yesterday at 6:39 AM'],
  [AT + 2 * 86_400, 'Feb 18, 2014 at 6:39 AM'],
])('near days have names, in the time zone of who reads (now: %d)', (now, text) => {
  expect(at('{date_short_pretty} at {time}', now * 1_000)).toBe(text)
})

test('today ends at midnight of who reads, not of Greenwich', () => {
  const lateInLosAngeles = Date.UTC(2014, 1, 19, 7) / 1_000
  expect(dateText(lateInLosAngeles, '{date_pretty}', AT * 1_000, LA)).toBe('Today')
  expect(dateText(lateInLosAngeles, '{date_pretty}', AT * 1_000, 'UTC')).toBe('Tomorrow')
})

test('the first letter is a capital, unless something invisible stands before it', () => {
  expect(at('{date_pretty}', AT * 1_000)).toBe('Today')
  expect(at('\u200b{date_pretty}', AT * 1_000)).toBe('\u200btoday')
})

test.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [11, '11th'],
  [12, '12th'],
  [13, '13th'],
  [21, '21st'],
  [30, '30th'],
])('day %d is the %s', (day, ordinal) => {
  expect(dateText(Date.UTC(2014, 0, day, 12) / 1_000, '{date}', LATER, 'UTC')).toBe(`January ${ordinal}, 2014`)
})

test.each([
  [-30, '30 seconds ago'],
  [-60, '1 minute ago'],
  [-7_300, '2 hours ago'],
  [-3 * 86_400, '3 days ago'],
  [90, 'In 1 minute'],
])('{ago}, %d seconds from now, is "%s"', (seconds, text) => {
  expect(dateText(LATER / 1_000 + seconds, '{ago}', LATER)).toBe(text)
})

test.each([
  [Number.NaN, '{date}'],
  [Number.POSITIVE_INFINITY, '{date}'],
  [1e15, '{date}'],
  [AT, '{nope}'],
  [AT, ''],
])('%d as "%s" is no date: the fallback is shown', (unix, format) => {
  expect(dateText(unix, format, LATER)).toBeNull()
})
