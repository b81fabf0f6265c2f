/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// JIQIAO_SERVER is the running service that the development server passes /api to.
const server = process.env.JIQIAO_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    // Government desktops run Chromium shells that lag years behind.
    target: 'chrome87',
    cssTarget: 'chrome87',
    // dist holds .keep, which lets `go build` embed the folder before the first build.
    emptyOutDir: true,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  // The handbooks of docs/ are read by the page, too.
  server: { proxy: { '/api': server }, fs: { allow: ['..'] } },
  preview: { proxy: { '/api': server } },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
})
