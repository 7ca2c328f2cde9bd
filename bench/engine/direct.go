//go:build cgo && (linux || darwin)

package main

import ort "github.com/yalue/onnxruntime_go"

// direct is ONNX Runtime as one would call it at first: loaded into the program,
// one session, one batch after the other. It returns the function that runs one and
// gives its outputs, and one that ends the session.
func direct(library string, model []byte, input string, outputs []string, shape []int64, batch []float32, threads int) (run func() ([][]float32, error), done func(), err error) {
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(); err != nil && !ort.IsInitialized() {
		return nil, nil, err
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, nil, err
	}
	defer options.Destroy()
	if err := options.SetIntraOpNumThreads(threads); err != nil {
		return nil, nil, err
	}
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(model, []string{input}, outputs, options)
	if err != nil {
		return nil, nil, err
	}
	run = func() ([][]float32, error) {
		in, err := ort.NewTensor(ort.NewShape(shape...), batch)
		if err != nil {
			return nil, err
		}
		defer in.Destroy()
		values := make([]ort.Value, len(outputs))
		if err := session.Run([]ort.Value{in}, values); err != nil {
			return nil, err
		}
		var got [][]float32
		for _, v := range values {
			got = append(got, v.(*ort.Tensor[float32]).GetData())
			v.Destroy()
		}
		return got, nil
	}
	return run, func() { session.Destroy() }, nil
}
