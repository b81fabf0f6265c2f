// Command jiqiao is the whole service in one program: it collects needs and achievements, searches and matches them,
// serves the API and the web page, and has a command for every job of operating it.
package main

import (
	"os"
)

// version is set by the linker.
var version = "dev"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
