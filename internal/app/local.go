package app

import (
	"bytes"
	"io"
	"net/http"
)

// local is a RoundTripper that asks a handler in this process: the command line uses it to speak to the service without a
// port, so that a command and a browser get the same answer from the same code.
type local struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper. The whole answer is held in memory.
func (l local) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body == nil {
		req.Body = http.NoBody
	}
	req.RemoteAddr = "127.0.0.1:0"
	req.RequestURI = req.URL.RequestURI()
	answer := &answer{header: http.Header{}, status: http.StatusOK}
	l.handler.ServeHTTP(answer, req)
	return &http.Response{
		Status: http.StatusText(answer.status), StatusCode: answer.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: answer.header, Body: io.NopCloser(&answer.body), ContentLength: int64(answer.body.Len()), Request: req,
	}, nil
}

// answer collects a response.
type answer struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if !a.wrote {
		a.status, a.wrote = status, true
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.wrote = true
	return a.body.Write(p)
}
