import type { AskerKind } from '../wire.ts'

/** Drawn, not emoji: not every machine has a font with those. */
const PATHS: Readonly<Record<AskerKind, string>> = {
  agent: 'M5 8h10v7H5zM10 8V4.5M8.5 4.5h3M2.5 10.5v2M17.5 10.5v2M8 11.5h.01M12 11.5h.01',
  ci: 'M5 3.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM5 12.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM15 3.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM5 7.5v5M15 7.5c0 4-5 3-8 6.5',
  job: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l3 2',
  cli: 'M2.5 4h15v12h-15zM5.5 8l2.5 2-2.5 2M10 12.5h4',
}

export function KindIcon({ kind }: { kind: AskerKind }) {
  return (
    <svg class="demo-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[kind]} />
    </svg>
  )
}
