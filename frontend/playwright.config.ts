// Browser tests: the built program in real Chromium. `npm run e2e`; one file: `npm run e2e -- queue`.
// JIQIAO_BIN names the program (default ../bin/jiqiao), CHROMIUM the browser.

import { defineConfig } from '@playwright/test'

const stories = /stories\.spec\.ts$/
const speed = /speed\.spec\.ts$/

export default defineConfig<object, { storage: 'sqlite' | 'cluster' }>({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  globalSetup: './e2e/seed.ts',
  outputDir: 'test-results',
  // Each worker has a service of its own; tests of one file run one after the other in one of them.
  workers: 2,
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  projects: [
    { name: 'sqlite', testIgnore: speed },
    // The stories touch every part of the store: they are told with PostgreSQL and Redis, too.
    { name: 'cluster', testMatch: stories, use: { storage: 'cluster' } },
    // What is measured must not share the machine with other tests.
    { name: 'speed', testMatch: speed, dependencies: ['sqlite', 'cluster'] },
  ],
  use: {
    browserName: 'chromium',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--lang=zh-CN', '--disable-dev-shm-usage'],
    },
    trace: 'retain-on-failure',
  },
})
