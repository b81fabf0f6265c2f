// Package api is Jiqiao's HTTP interface: the routes under /api/v1, health, metrics, the interface's own description,
// and the web page. It parses requests, asks the small interfaces it declares, shows each viewer what the viewer may
// see, and answers. gin stays inside this package.
//
// The description in openapi holds every route; tests hold the two together.
package api
