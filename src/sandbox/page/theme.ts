type Theme = 'light' | 'dark'

const KEY = 'sandbox-theme'

/** What the person chose earlier; the style sheet follows the system where nothing was chosen. */
export function restoreTheme(): void {
  const kept = localStorage.getItem(KEY)
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset['theme'] = kept
}

export function shownTheme(): Theme {
  const chosen = document.documentElement.dataset['theme']
  if (chosen === 'light' || chosen === 'dark') return chosen
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/** Calls back when the system turns light or dark. */
export function onSystemTheme(listener: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', listener)
  return () => dark.removeEventListener('change', listener)
}

export function turnTheme(theme: Theme): Theme {
  document.documentElement.dataset['theme'] = theme
  localStorage.setItem(KEY, theme)
  return theme
}
