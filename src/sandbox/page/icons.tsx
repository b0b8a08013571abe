const PATHS = {
  hash: 'M8 3 6.5 17M13.5 3 12 17M3.5 7.5h14M2.5 12.5h14',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  shared: 'M7 10h6M6 6.5 2.5 10 6 13.5M14 6.5 17.5 10 14 13.5',
  close: 'M5 5l10 10M15 5 5 15',
  back: 'M12.5 4 6.5 10l6 6',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  bolt: 'M11 2.5 4.5 11.5H9L8.5 17.5 15.5 8.5H11z',
  send: 'M3 3.5 17 10 3 16.5 5 10zM5 10h7',
  thread: 'M3 4h14v9H9l-4 3.5V13H3z',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 0 0-4.2-4.2L10 5.8M11.5 8.5a3 3 0 0 0-4.2 0l-2.6 2.6a3 3 0 0 0 4.2 4.2L10 14.2',
  eye: 'M2.5 10S5.5 5 10 5s7.5 5 7.5 5-3 5-7.5 5-7.5-5-7.5-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  down: 'M10 3v13M4.5 11 10 16.5 15.5 11',
  chevron: 'M5.5 8 10 12.5 14.5 8',
  people:
    'M7.5 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16.500c0-3 2.2-4.5 5-4.500s5 1.5 5 4.500M13 9.500a2.5 2.5 0 0 0 0-5M14.5 12c1.9.5 3 1.9 3 4',
  sun: 'M10 6.500a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.500v2M10 16.500v2M1.5 10h2M16.5 10h2M4 4l1.4 1.400M14.6 14.6 16 16M4 16l1.4-1.400M14.6 5.4 16 4',
  moon: 'M16.5 11.500A7 7 0 0 1 8.5 3.500a7 7 0 1 0 8 8z',
  panel: 'M3 4h14v12H3zM11.5 4v12',
  flow: 'M3 3.5h5v4H3zM12 12.5h5v4h-5zM8 5.500h3.5a2 2 0 0 1 2 2v5M3 12.500h5v4H3zM5.5 7.500v5',
  shield: 'M10 2.500 16 4.5v5c0 4-2.6 6.600-6 8-3.4-1.400-6-4-6-8v-5zM7.2 9.800l2 2 3.6-4',
  code: 'M6.5 5.500 2.5 10l4 4.500M13.5 5.500 17.5 10l-4 4.500M11.5 4 8.5 16',
  check: 'M4 10.5 8.5 15 16.5 5.5',
} as const

export type IconName = keyof typeof PATHS

/** A line drawing beside a text; never the only label of anything. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="sb-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
