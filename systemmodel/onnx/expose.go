package onnx

import "slices"

// Expose returns the model with the named tensors as outputs of its graph, after
// those that it has; a tensor that is an output already is not added again.
//
// The file is not decoded and written anew, it is appended to: protobuf merges a
// message that is given twice and joins its repeated fields, so a second graph
// (field 7 of ModelProto) that holds outputs alone (field 12 of GraphProto) adds
// them. An engine infers their type and shape. That the tensors exist is up to
// the caller (Check).
func Expose(model []byte, tensors ...string) []byte {
	var have []string
	if info, err := Inspect(model); err == nil {
		for _, v := range info.Outputs {
			have = append(have, v.Name)
		}
	}
	var graph []byte
	for _, name := range tensors {
		if slices.Contains(have, name) {
			continue
		}
		have = append(have, name)
		graph = appendMessage(graph, 12, appendString(nil, 1, name))
	}
	if graph == nil {
		return model
	}
	out := make([]byte, 0, len(model)+len(graph)+16)
	out = append(out, model...)
	return appendMessage(out, 7, graph)
}
