import { resolve } from 'node:path'
import { defineConfig } from 'vite'

/** The two pages a browser loads: the bare sandbox, and the demo, which is the same workspace with its story beside it. */
export default defineConfig({
  root: 'src',
  base: '/',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would be data: URLs, which the pages' content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        sandbox: resolve(import.meta.dirname, 'src/sandbox/page/index.html'),
        demo: resolve(import.meta.dirname, 'src/demo/page/index.html'),
      },
    },
  },
})
