//go:build cgo && (linux || darwin)

package engine

import (
	"fmt"
	"slices"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// built reports whether the engine is in this program.
const built = true

// loadLibrary loads ONNX Runtime and returns its version.
func loadLibrary(path string) (string, error) {
	ort.SetSharedLibraryPath(path)
	// Below fatal everything that it would print is in the errors that it returns,
	// without the time of day.
	if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
		return "", err
	}
	return ort.GetVersion(), nil
}

// ortModel is a session of ONNX Runtime, which any number of threads may run.
type ortModel struct {
	session *ort.DynamicAdvancedSession
	outputs []string
}

func loadModel(model []byte, s setup) (model, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	for _, err := range []error{
		options.SetIntraOpNumThreads(1), // of the goroutine that runs it
		options.SetInterOpNumThreads(1),
		options.SetExecutionMode(ort.ExecutionModeSequential),
		options.SetGraphOptimizationLevel(ort.GraphOptimizationLevelEnableAll),
		options.AddSessionConfigEntry("session.load_model_format", "ONNX"),
		options.AddSessionConfigEntry("session.use_env_allocators", "1"),
	} {
		if err != nil {
			return nil, err
		}
	}
	if err := boundArena(s.Memory); err != nil {
		return nil, err
	}
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(model, []string{s.Input}, s.Outputs, options)
	if err != nil {
		return nil, plain(err)
	}
	return &ortModel{session, s.Outputs}, nil
}

// boundArena has the library take the memory of tensors from an arena that ends at
// a size. It says so when it does; the limit of the process, which is higher, would
// hit whoever comes first, be it Go.
func boundArena(bytes int64) error {
	info, err := ort.GetMemoryInfo()
	if err != nil {
		return err
	}
	const asRequested = 1 // it grows by what is wanted, not by powers of two
	cfg, err := ort.NewArenaCfg(int(bytes), asRequested, -1, -1)
	if err != nil {
		return err
	}
	defer cfg.Destroy()
	return ort.CreateAndRegisterAllocator(info, cfg)
}

// plain takes off what the binding says before the message of the library.
func plain(err error) error {
	text := err.Error()
	for _, prefix := range []string{"Error creating C session: ", "Error running network: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return fmt.Errorf("%s", text)
}

func (m *ortModel) newSlot() slot {
	return &ortSlot{model: m, out: make([]ort.Value, len(m.outputs))}
}

// ortSlot keeps the tensors of a batch for the next of the same shape. They are in
// memory of Go, where pipes can be read to and written from without a copy.
type ortSlot struct {
	model *ortModel
	room  []float32
	shape []int64
	in    *ort.Tensor[float32]
	out   []ort.Value
}

func (s *ortSlot) input(shape []int64, n int) ([]float32, error) {
	if s.in != nil && slices.Equal(shape, s.shape) {
		return s.room[:n], nil
	}
	s.drop()
	if s.in != nil {
		s.in.Destroy()
	}
	if n > cap(s.room) {
		s.room = make([]float32, n)
	}
	in, err := ort.NewTensor(ort.NewShape(shape...), s.room[:n])
	if err != nil {
		return nil, err
	}
	s.in, s.shape = in, slices.Clone(shape)
	return s.room[:n], nil
}

// drop lets go of the tensors that the last batch gave.
func (s *ortSlot) drop() {
	for i, v := range s.out {
		if v != nil {
			v.Destroy()
		}
		s.out[i] = nil
	}
}

func (s *ortSlot) run() ([]tensor, error) {
	kept := s.out[0] != nil
	err := s.model.session.Run([]ort.Value{s.in}, s.out)
	if err != nil && kept { // sizes that depend on the values need new tensors
		s.drop()
		err = s.model.session.Run([]ort.Value{s.in}, s.out)
	}
	if err != nil {
		return nil, plain(err)
	}
	tensors := make([]tensor, len(s.out))
	for i, v := range s.out {
		t, ok := v.(*ort.Tensor[float32])
		if !ok {
			return nil, fmt.Errorf("the tensor %q does not hold float32", s.model.outputs[i])
		}
		tensors[i] = tensor{t.GetShape(), t.GetData()}
	}
	return tensors, nil
}
