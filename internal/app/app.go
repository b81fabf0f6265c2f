// Package app wires the service together: New opens the store, the index and the caches, Start serves and follows the
// change log, Stop drains within a bound.
package app
