//go:build cgo && (linux || darwin)

package main

import ort "github.com/yalue/onnxruntime_go"

// direct is ONNX Runtime as one would call it at first: loaded into the program,
// one session, one batch after the other. It returns the function that runs one,
// and gives the outputs of the last.
func direct(library string, model []byte, outputs []string, shape []int64, batch []float32, threads int) (func() ([][]float32, error), error) {
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(); err != nil && !ort.IsInitialized() {
		return nil, err
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	if err := options.SetIntraOpNumThreads(threads); err != nil {
		return nil, err
	}
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(model, []string{"image"}, outputs, options)
	if err != nil {
		return nil, err
	}
	return func() ([][]float32, error) {
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
	}, nil
}
