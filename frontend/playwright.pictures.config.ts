// Pictures instead of tests: `make handbook` takes those of docs/handbook, `npm run shots` every page of every role.

import { defineConfig } from '@playwright/test'
import tests from './playwright.config'

export default defineConfig({
  ...tests,
  projects: undefined,
  testDir: 'e2e/pictures',
  testMatch: '*.pictures.ts',
})
