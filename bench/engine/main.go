//go:build cgo && (linux || darwin)

// Command engine compares systemmodel/engine with ONNX Runtime called directly: the
// same library, model, batches and number of processors, in turns, so that what
// else the machine does hits both. It prints images per second by the median of the
// turns, the median of the ratios of neighbours, and the processor time of an
// image, that of the child and of the pipes included.
//
// The outputs are compared too: they are the same bits. With -path the whole way is
// compared, decoding and resizing included: see path.go.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/bsgen/bsgen/systemmodel/onnx"
)

func main() {
	engine.ServeIfChild()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	root := flag.String("C", ".", "root of the archive, below which the library is installed")
	size := flag.Int("batch", 8, "images in a batch")
	batches := flag.Int("batches", 4, "batches in a turn")
	pairs := flag.Int("pairs", 7, "turns of each")
	between := flag.Bool("kernels", false, "compare ONNX Runtime's kernels with each other instead")
	whole := flag.Int("path", 0, "compare the whole way from this many JPEG files to activations instead")
	flag.Parse()

	e, err := engine.New(ctx, *root)
	if err != nil {
		return err
	}
	if *between {
		return kernels(e.Library().Path)
	}
	if *whole > 0 {
		return wholePath(ctx, *root, e, *size, *pairs, *whole)
	}
	model, err := resnet18()
	if err != nil {
		return err
	}
	fmt.Printf("%s %s, ResNet-18 at 224 x 224, batches of %d, %d pairs of %d batches, %d processors\n",
		e.Name(), e.Version(), *size, *pairs, *batches, runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(2, 2))
	batch := make([]float32, *size*3*224*224)
	for i := range batch {
		batch[i] = rng.Float32()
	}
	shape := []int64{int64(*size), 3, 224, 224}
	for _, outputs := range [][]string{{"logits"}, {"layer1.1", "layer2.1", "layer3.1", "layer4.1", "logits"}} {
		for _, threads := range slices.Compact([]int{1, runtime.GOMAXPROCS(0)}) {
			plain, _, err := direct(e.Library().Path, onnx.Expose(model, outputs...), "image", outputs, shape, batch, threads)
			if err != nil {
				return err
			}
			open := func() (engine.Session, []engine.Tensor, error) {
				s, err := e.Open(ctx, model, "image", outputs, engine.Limits{Parallel: threads})
				if err != nil {
					return nil, nil, err
				}
				got, err := s.Run(ctx, batch, shape)
				return s, got, err
			}
			want, err := plain()
			if err != nil {
				return err
			}
			before := cpu(syscall.RUSAGE_CHILDREN)
			s, got, err := open()
			if err != nil {
				return err
			}
			s.Close()
			loading := cpu(syscall.RUSAGE_CHILDREN) - before // and one batch
			if s, _, err = open(); err != nil {
				return err
			}
			var theirs, ours, ratios []float64
			var theirCPU, ourCPU float64
			for range *pairs {
				start, used := time.Now(), cpu(syscall.RUSAGE_SELF)
				for range *batches {
					if _, err := plain(); err != nil {
						return err
					}
				}
				a := time.Since(start).Seconds()
				theirCPU += cpu(syscall.RUSAGE_SELF) - used
				start, used = time.Now(), cpu(syscall.RUSAGE_SELF)
				if err := feed(ctx, s, batch, shape, *batches, threads+1); err != nil {
					return err
				}
				b := time.Since(start).Seconds()
				ourCPU += cpu(syscall.RUSAGE_SELF) - used
				theirs, ours, ratios = append(theirs, a), append(ours, b), append(ratios, b/a)
			}
			before = cpu(syscall.RUSAGE_CHILDREN)
			s.Close()
			ourCPU += cpu(syscall.RUSAGE_CHILDREN) - before - loading
			images := float64(*size * *batches)
			all := images * float64(*pairs)
			fmt.Printf("%s, %d at once\n", strings.Join(outputs, " "), threads)
			fmt.Printf("  direct      %6.1f images/s  %6.1f ms of processor time an image\n", images/median(theirs), 1000*theirCPU/all)
			fmt.Printf("  the engine  %6.1f images/s  %6.1f ms of processor time an image\n", images/median(ours), 1000*ourCPU/all)
			fmt.Printf("  time x %.3f (%.3f to %.3f), processor time x %.3f, largest difference %.1g\n",
				median(ratios), slices.Min(ratios), slices.Max(ratios), ourCPU/theirCPU, apart(want, got))
		}
	}
	return nil
}

// cpu is the processor time of this process or of its children that have ended, in
// seconds.
func cpu(who int) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// feed runs the batch n times, from so many goroutines.
func feed(ctx context.Context, s engine.Session, batch []float32, shape []int64, n, callers int) error {
	turns := make(chan struct{}, n)
	for range n {
		turns <- struct{}{}
	}
	close(turns)
	var wait sync.WaitGroup
	failed := make(chan error, callers)
	for range callers {
		wait.Go(func() {
			for range turns {
				if _, err := s.Run(ctx, batch, shape); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(failed)
	return <-failed
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// apart is the largest difference of two outputs, relative to their largest value.
func apart(want [][]float32, got []engine.Tensor) float64 {
	worst := 0.0
	for i, w := range want {
		worst = max(worst, farthest(w, got[i].Data))
	}
	return worst
}
