//go:build !cgo || !(linux || darwin)

// Command engine needs cgo.
package main

func main() { panic("built without cgo: there is no engine to compare") }
