// Command go is the adapter of Go's net/http, and an example of one in Go.
package main

func main() {}
