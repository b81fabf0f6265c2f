// Package e2e tests the whole program from outside: over HTTP, killed, and with its neighbours failing.
package e2e
