// Package onnx reads and writes ONNX files on the level of their protocol
// buffers, without generated code and without running them: package engine does
// that.
//
// The field numbers are those of onnx.proto, https://github.com/onnx/onnx.
package onnx
