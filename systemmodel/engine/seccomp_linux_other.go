//go:build linux && !amd64

package engine

var moreCalls []uintptr
