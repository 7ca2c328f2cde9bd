//go:build cgo && (linux || darwin)

package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/bsgen/bsgen/systemmodel/onnx"
	"github.com/bsgen/bsgen/systemmodel/zoo"
	ort "github.com/yalue/onnxruntime_go"
)

// kernels compares ONNX Runtime's blocked kernels with its plain ones, for every
// tensor of the models that ship and of the ResNet-18, on seeded noise with the
// spectrum of photographs. They add in another order, as the kernels for another
// processor do: engine.Tolerance must be larger than what this prints.
func kernels(library string) error {
	models := append(zoo.All(), zoo.Generated{ID: "resnet18", Model: resnet18})
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(); err != nil {
		return err
	}
	for _, m := range models {
		model, err := m.Model()
		if err != nil {
			return err
		}
		info, err := onnx.Inspect(model)
		if err != nil {
			return err
		}
		var names []string
		for _, t := range info.Tensors {
			names = append(names, t.Name)
		}
		in := info.Inputs[0]
		shape := []int64{2, in.Shape[1], in.Shape[2], in.Shape[3]}
		image := noise(int(shape[0]*shape[1]), int(shape[2]), int(shape[3]))
		model = onnx.Expose(model, names...)
		blocked, err := tensors(model, in.Name, names, shape, image, ort.GraphOptimizationLevelEnableAll)
		if err != nil {
			return fmt.Errorf("%s: %w", m.ID, err)
		}
		plain, err := tensors(model, in.Name, names, shape, image, ort.GraphOptimizationLevelDisableAll)
		if err != nil {
			return fmt.Errorf("%s: %w", m.ID, err)
		}
		worst, at := 0.0, ""
		for i, name := range names {
			if far := farthest(blocked[i], plain[i]); far > worst {
				worst, at = far, name
			}
		}
		fmt.Printf("%-16s %d tensors, largest difference %.1e (%s)\n", m.ID, len(names), worst, cmp.Or(at, "none"))
	}
	return nil
}

// tensors runs a model once. Tensors that do not hold float32 are left empty.
func tensors(model []byte, input string, names []string, shape []int64, batch []float32, level ort.GraphOptimizationLevel) ([][]float32, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	if err := cmp.Or(options.SetGraphOptimizationLevel(level), options.SetIntraOpNumThreads(1)); err != nil {
		return nil, err
	}
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(model, []string{input}, names, options)
	if err != nil {
		return nil, err
	}
	defer session.Destroy()
	in, err := ort.NewTensor(ort.NewShape(shape...), batch)
	if err != nil {
		return nil, err
	}
	defer in.Destroy()
	values := make([]ort.Value, len(names))
	if err := session.Run([]ort.Value{in}, values); err != nil {
		return nil, err
	}
	out := make([][]float32, len(names))
	for i, v := range values {
		if t, ok := v.(*ort.Tensor[float32]); ok {
			out[i] = t.GetData()
		}
		v.Destroy()
	}
	return out, nil
}

// noise makes planes with values in 0..1 whose amplitude falls with frequency, as in
// photographs: octaves of interpolated random values.
func noise(planes, height, width int) []float32 {
	rng := rand.New(rand.NewPCG(3, 3))
	out := make([]float32, 0, planes*height*width)
	for range planes {
		plane := make([]float32, height*width)
		for cell := 64; cell >= 1; cell /= 2 {
			w := width/cell + 2
			grid := make([]float32, w*(height/cell+2))
			for i := range grid {
				grid[i] = rng.Float32()
			}
			for y := range height {
				for x := range width {
					gx, gy := x/cell, y/cell
					fx, fy := float32(x%cell)/float32(cell), float32(y%cell)/float32(cell)
					top := grid[gy*w+gx]*(1-fx) + grid[gy*w+gx+1]*fx
					low := grid[(gy+1)*w+gx]*(1-fx) + grid[(gy+1)*w+gx+1]*fx
					plane[y*width+x] += (top*(1-fy) + low*fy) * float32(cell) / 127
				}
			}
		}
		out = append(out, plane...)
	}
	return out
}

// farthest is the largest difference, relative to the largest value.
func farthest(a, b []float32) float64 {
	most, scale := 0.0, 0.0
	for i := range a {
		most = max(most, math.Abs(float64(a[i]-b[i])))
		scale = max(scale, math.Abs(float64(a[i])))
	}
	if scale == 0 {
		return most
	}
	return most / scale
}
