// Command print writes the description of the HTTP interface as one YAML file; the front end's types are made from it.
package main

import (
	"fmt"
	"os"

	"jiqiao/api/openapi"
)

func main() {
	text, err := openapi.YAML()
	if err == nil {
		_, err = os.Stdout.Write(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
