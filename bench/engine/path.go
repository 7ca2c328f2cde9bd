//go:build cgo && (linux || darwin)

package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/dataset/images"
	"github.com/bsgen/bsgen/dataset/npy"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/systemmodel"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/bsgen/bsgen/systemmodel/onnx"
	"github.com/bsgen/bsgen/systemmodel/pillow"
	"github.com/bsgen/bsgen/systemmodel/preprocess"
)

// shown is what the whole way is measured with: SqueezeNet and the JPEG images of
// the V4 benchmark, as the archive has them.
const (
	shownModel = "squeezenet1-0-deepcompression"
	shownSet   = "Cowley2026.V4"
)

// wholePath compares showing images with package systemmodel, from pinned files to
// activations on the disk, with a program that does the same one batch after the
// other: decode, resize, run, keep. Both decode and resize with the same code,
// open a session in each turn and use as many threads as there are processors.
func wholePath(ctx context.Context, root string, e *engine.ONNXRuntime, size, pairs, n int) error {
	a, problems, err := archive.Open(root)
	if err != nil || len(problems) > 0 {
		return fmt.Errorf("open the archive: %v, %d problems", err, len(problems))
	}
	store := dataset.NewStore(a.Site.Hosts)
	m, ok := a.Model(shownModel)
	if !ok {
		return fmt.Errorf("there is no submission %s", shownModel)
	}
	network, err := evaluate.Network(ctx, store, a, m)
	if err != nil {
		return err
	}
	set, err := evaluate.Images(ctx, store, a, shownSet)
	if err != nil {
		return err
	}
	names := set.Names()
	names = names[:min(n, len(names))]
	input := preprocess.Input{H: 227, W: 227, Filter: pillow.Bilinear, Color: preprocess.BGR, Mean: []float64{104, 117, 123}}
	in, err := preprocess.New(input)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-engine-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cache := &systemmodel.Cache{Dir: dir}
	threads := runtime.GOMAXPROCS(0)
	fmt.Printf("%s %s, SqueezeNet at 227 x 227, %d JPEG images, %d pairs, %d processors\n", e.Name(), e.Version(), len(names), pairs, threads)
	for _, outputs := range [][]string{{"logits"}, {"fire5/concat"}} {
		exposed := onnx.Expose(network, outputs...)
		var theirs, ours, ratios []float64
		var theirCPU, ourCPU float64
		for turn := range pairs {
			start, used := time.Now(), cpu(syscall.RUSAGE_SELF)
			want, err := plainly(e.Library().Path, exposed, outputs, set, names, in, size, threads)
			if err != nil {
				return err
			}
			x := time.Since(start).Seconds()
			theirCPU += cpu(syscall.RUSAGE_SELF) - used

			model := &systemmodel.Model{
				SHA256: fmt.Sprint(turn), Network: func() ([]byte, error) { return network, nil }, Tensor: "data", Input: input,
			}
			s := systemmodel.Stimuli{Names: names, Digest: "bench", Images: func() (*images.Set, error) { return set, nil }}
			start, used = time.Now(), cpu(syscall.RUSAGE_SELF)+cpu(syscall.RUSAGE_CHILDREN)
			paths, release, err := model.Show(ctx, e, cache, s, outputs)
			if err != nil {
				return err
			}
			y := time.Since(start).Seconds()
			ourCPU += cpu(syscall.RUSAGE_SELF) + cpu(syscall.RUSAGE_CHILDREN) - used
			got, err := readFloats(paths[0])
			release()
			if err != nil {
				return err
			}
			if far := farthest(want, got); far > 1e-5 || len(want) != len(got) {
				return fmt.Errorf("the activations differ by %.1g", far)
			}
			if err := os.Remove(paths[0]); err != nil {
				return err
			}
			if turn == 0 { // files and caches are cold
				theirCPU, ourCPU = 0, 0
				continue
			}
			theirs, ours, ratios = append(theirs, x), append(ours, y), append(ratios, y/x)
		}
		all := float64(len(names) * len(ratios))
		fmt.Println(strings.Join(outputs, " "))
		fmt.Printf("  direct       %6.1f images/s  %6.1f ms of processor time an image\n", float64(len(names))/median(theirs), 1000*theirCPU/all)
		fmt.Printf("  systemmodel  %6.1f images/s  %6.1f ms of processor time an image\n", float64(len(names))/median(ours), 1000*ourCPU/all)
		fmt.Printf("  time x %.3f (%.3f to %.3f), processor time x %.3f\n", median(ratios), slices.Min(ratios), slices.Max(ratios), ourCPU/theirCPU)
	}
	return nil
}

// plainly shows the images as a short program would.
func plainly(library string, model []byte, outputs []string, set *images.Set, names []string, in *preprocess.Input, size, threads int) ([]float32, error) {
	batch := make([]float32, size*in.Len())
	run, done, err := direct(library, model, "data", outputs, in.Shape(size), batch, threads)
	if err != nil {
		return nil, err
	}
	defer done()
	var all []float32
	for lo := 0; lo < len(names); lo += size {
		for i := range size {
			m, err := set.Image(names[min(lo+i, len(names)-1)])
			if err != nil {
				return nil, err
			}
			if err := in.Tensor(batch[i*in.Len():(i+1)*in.Len()], m); err != nil {
				return nil, err
			}
		}
		got, err := run()
		if err != nil {
			return nil, err
		}
		keep := min(size, len(names)-lo) * len(got[0]) / size
		all = append(all, got[0][:keep]...)
	}
	return all, nil
}

// readFloats reads an .npy file of float32.
func readFloats(path string) ([]float32, error) {
	f, err := npy.Open(path, npy.Limits{})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all := make([]float32, f.Rows()*f.RowLen())
	return all, f.Float32s(all, 0, f.Rows())
}
