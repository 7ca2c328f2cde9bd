package onnx

import (
	"fmt"
	"slices"
	"strings"
)

// Error says what is wrong with a model, and what its author can do about it.
type Error struct {
	What string // no capital, no full stop
	Hint string // may be empty
}

func (e *Error) Error() string { return e.What }

// MaxTensorElements bounds a constant of a model: 2 GiB of float32.
const MaxTensorElements = 1 << 29

// Use is what a submission says about a model that it wants to be run.
type Use struct {
	Input string // the tensor that takes the images
	// Shape is the shape of a batch of images; the first entry is the batch size,
	// and any will do where it is -1.
	Shape   []int64
	Tensors []string // that are read; outputs, or tensors inside
}

// domains are the operators that a runtime has in itself: the standard's, and
// those of its part for classical machine learning. Others need code that the
// file does not hold, or bind it to one product.
var domains = []string{"", "ai.onnx.ml"}

// Check reports, as an *Error, why the model can not be used so: data kept in
// other files, operators that are not the standard's, constants too large, no
// such input or a shape that it does not take, no such tensor. It returns what
// Inspect found.
func Check(model []byte, use Use) (*Info, error) {
	info, err := Inspect(model)
	if err != nil {
		return nil, err
	}
	for _, err := range []*Error{info.safe(), info.takes(use.Input, use.Shape), info.has(use.Tensors)} {
		if err != nil {
			return info, err
		}
	}
	return info, nil
}

// safe refuses what would reach beyond the file.
func (in *Info) safe() *Error {
	if len(in.External) > 0 {
		return &Error{
			What: fmt.Sprintf("%s of the model has its data in another file", quoted(in.External, "the tensor", "the tensors")),
			Hint: "save one file: onnx.save_model(model, path, save_as_external_data=False)",
		}
	}
	for _, op := range in.Ops {
		if !slices.Contains(domains, op.Domain) && !slices.Contains(in.Functions, op.Domain+"."+op.Type) {
			return &Error{
				What: fmt.Sprintf("the operator %q is of the domain %q, not of the ONNX standard", op.Type, op.Domain),
				Hint: "export the model without operators of its own, and without a runtime's optimizations",
			}
		}
	}
	if in.LargestTensor > MaxTensorElements {
		return &Error{What: fmt.Sprintf("a constant of the model has %d elements, more than %d", in.LargestTensor, MaxTensorElements)}
	}
	return nil
}

// takes checks the input.
func (in *Info) takes(name string, shape []int64) *Error {
	var names []string
	for _, v := range in.Inputs {
		names = append(names, v.Name)
	}
	at := slices.Index(names, name)
	if at < 0 {
		return &Error{
			What: fmt.Sprintf("the model has no input %q; it has %s", name, quoted(names, "the input", "the inputs")),
			Hint: "name one of them as `tensor` of the input",
		}
	}
	if len(names) > 1 {
		return &Error{What: fmt.Sprintf("the model has %s; one that takes images can be shown stimuli", quoted(names, "", "the inputs"))}
	}
	v := in.Inputs[at]
	if v.Elem != Float32 {
		return &Error{
			What: fmt.Sprintf("the input %q has elements of type %s, not float32", name, v.Elem),
			Hint: "export the model with a float32 input; it may cast to another type inside",
		}
	}
	if v.Shape == nil || shape == nil {
		return nil // an engine finds out
	}
	fits := len(v.Shape) == len(shape)
	for i := 0; fits && i < len(shape); i++ {
		fits = v.Shape[i] == shape[i] || v.Shape[i] == -1 || shape[i] == -1
	}
	if !fits {
		return &Error{
			What: fmt.Sprintf("the input %q has the shape %s, and gets %s", name, shapeText(v.Shape), shapeText(shape)),
			Hint: "the shape follows from `size`, `layout` and `color` of the input; export the model with a batch size that is free (dynamic_axes)",
		}
	}
	return nil
}

// has checks the tensors that are read.
func (in *Info) has(tensors []string) *Error {
	known := make(map[string]bool, len(in.Tensors))
	for _, t := range in.Tensors {
		known[t.Name] = true
	}
	for _, name := range tensors {
		if known[name] {
			continue
		}
		hint := "`bsgen check` wants names of tensors, which node outputs have; Netron shows them"
		if near := in.nearest(name); len(near) > 0 {
			hint = "the nearest names are " + strings.Join(near, ", ")
		}
		return &Error{What: fmt.Sprintf("the model has no tensor %q", name), Hint: hint}
	}
	return nil
}

// shapeText writes a shape, free sizes as N.
func shapeText(shape []int64) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		if parts[i] = fmt.Sprint(d); d == -1 {
			parts[i] = "N"
		}
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// quoted lists up to five names.
func quoted(names []string, one, many string) string {
	noun := many
	switch len(names) {
	case 0:
		return "none"
	case 1:
		noun = one
	}
	parts := []string{}
	for i, n := range names {
		if i == 5 {
			parts = append(parts, fmt.Sprintf("and %d more", len(names)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%q", n))
	}
	return strings.TrimSpace(noun + " " + strings.Join(parts, ", "))
}

// String names the type as NumPy does where it can.
func (t Type) String() string {
	names := []string{"unknown", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16"}
	if t >= Type(len(names)) {
		return fmt.Sprintf("number %d", uint64(t))
	}
	return names[t]
}
