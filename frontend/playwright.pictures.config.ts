// Pictures instead of tests: `make handbook` takes those of docs/handbook, `npm run shots` every page of every role.

import { defineConfig } from '@playwright/test'
import tests from './playwright.config'

export default defineConfig({
  ...tests,
  projects: undefined,
  testDir: 'e2e/pictures',
  testMatch: '*.pictures.ts',
  use: {
    ...tests.use,
    // Fields of dates are drawn in the browser's own language, which is not the page's.
    launchOptions: { ...tests.use?.launchOptions, env: { ...process.env, LANGUAGE: 'zh_CN' } },
  },
})
