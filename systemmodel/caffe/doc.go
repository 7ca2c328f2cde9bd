// Package caffe turns published networks of the Caffe framework into ONNX: a
// deploy network in its text form (prototxt), and weights as Deep Compression
// stores them (Han, Mao and Dally, ICLR 2016).
//
// Both files are taken for a stranger's. Whatever is not understood is refused
// with its line or its layer; sizes are checked before memory is taken for them.
package caffe
