// Package onnx reads, checks and writes ONNX files on the level of their protocol
// buffers, without generated code and without running them: package engine does
// that.
//
// The field numbers are those of onnx.proto, https://github.com/onnx/onnx. Files
// come from strangers: nothing is allocated by a size that a file states, nesting
// and counts are bounded, and what an engine could see, Inspect looks at.
package onnx
