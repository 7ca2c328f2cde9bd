//go:build !amd64 || purego

package simdblas

// kernels are those that this machine can run, fastest first.
var kernels = []*kernel{&generic}
