// Package e2e tests the whole program from outside: over HTTP and in a real Chromium.
package e2e
