package jiqiao

// Answered is what was answered to a request that may be sent again under the same key.
type Answered struct {
	Status int
	// Header are the headers that belong to the answer.
	Header map[string]string
	Body   []byte
}
