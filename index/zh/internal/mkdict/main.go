// Command mkdict derives data/dict.gz from a word list with counts.
package main

func main() {}
