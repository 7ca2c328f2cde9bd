package archive

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// loadResults reads the results of all models, models side by side. There may
// be a hundred thousand of them, so what goes for a folder is asked once.
func (a *Archive) loadResults(ps *Problems) {
	models := a.folders("results", "<benchmark>@<version>.json", ps)
	benchmarks := map[string]bool{} // folders
	if entries, err := os.ReadDir(filepath.Join(a.Root, "benchmarks")); err == nil {
		for _, e := range entries {
			benchmarks[e.Name()] = true
		}
	}
	linked := isLink(filepath.Join(a.Root, "results"))
	results := make([][]Result, len(models))
	problems := make([]Problems, len(models))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(len(models), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			l := &resultLoader{a: a, benchmarks: benchmarks, linked: linked, texts: map[string]string{}}
			for {
				i := int(next.Add(1)) - 1
				if i >= len(models) {
					return
				}
				results[i] = l.load(models[i], &problems[i])
			}
		})
	}
	wg.Wait()
	for i, model := range models {
		*ps = append(*ps, problems[i]...)
		if len(results[i]) > 0 {
			a.Results[model] = results[i]
		}
	}
}

func isLink(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// resultLoader reads the results of one model after another.
type resultLoader struct {
	a          *Archive
	benchmarks map[string]bool // folders that there are
	linked     bool            // results/ is a symbolic link
	texts      map[string]string
	buf        []byte
}

// load reads the folder of a model.
func (l *resultLoader) load(model string, ps *Problems) []Result {
	dir := "results/" + model
	if !l.a.exists("submissions/" + model) {
		ps.Add(dir, 0, "results go with their submission: remove the folder, or restore the submission", "there is no submission %q", model)
	}
	entries, err := os.ReadDir(filepath.Join(l.a.Root, dir))
	if err != nil {
		ps.Add(dir, 0, "", "can not be read: %v", err)
		return nil
	}
	there := make(map[string]bool, len(entries))
	for _, e := range entries {
		there[e.Name()] = true
	}
	linked := l.linked || isLink(filepath.Join(l.a.Root, dir))
	out := make([]Result, 0, len(entries)/2)
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if strings.HasSuffix(name, ".bin") {
			if !there[strings.TrimSuffix(e.Name(), ".bin")+".json"] {
				ps.Add(name, 0, "remove it", "a sidecar without its result")
			}
			continue
		}
		if !strings.HasSuffix(name, ".json") {
			hint := "only the scorer writes below results/"
			if strings.HasPrefix(e.Name(), tempPrefix) {
				hint = "an interrupted run left it: remove it"
			}
			ps.Add(name, 0, hint, "neither a result nor a sidecar")
			continue
		}
		data, err := l.read(name, e, linked, maxResult)
		if err != nil {
			ps.Add(name, 0, "", "%v", err)
			continue
		}
		r, ok := decodeCanonical(data, l.texts)
		if !ok {
			if r, err = DecodeResult(data); err != nil {
				var le *LineError
				line := 0
				if errors.As(err, &le) {
					line, err = le.Line, le.Err
				}
				ps.Add(name, line, "score it again with `bsgen score --force`", "%v", err)
				continue
			}
		}
		if ResultPath(r.Model, r.Benchmark, r.Version) != name || r.Model != model {
			ps.Add(name, 0, "results are not moved by hand: score it again", "the result is of %s on %s@%d", r.Model, r.Benchmark, r.Version)
			continue
		}
		if !ok {
			if canonical, err := r.Encode(); err != nil || !bytes.Equal(canonical, data) {
				ps.Add(name, 0, "results are not edited by hand: score it again", "the file is not as the scorer writes it")
				continue
			}
		}
		if !l.benchmarks[r.Benchmark] {
			ps.Add(name, 0, "results go with their benchmark: remove the file, or restore the benchmark", "there is no benchmark %q", r.Benchmark)
		}
		if b, ok := l.a.Benchmark(r.Benchmark); ok && b.otherKind(r) != "" {
			ps.Add(name, 0, "`bsgen import` writes published results, `bsgen score` computed ones, and no benchmark has both", "%s", b.otherKind(r))
			continue
		}
		if s, err := l.sidecar(r, linked); err != nil {
			ps.Add(name, 0, fmt.Sprintf("score it again: `bsgen score --force --model %s --benchmark %s`", model, r.Benchmark), "%v", err)
		} else if err := r.consistent(s); err != nil {
			ps.Add(name, 0, "results are not edited by hand: score it again", "%v", err)
		} else if r.Sidecar != nil {
			r.side = s
		}
		out = append(out, *r)
	}
	slices.SortFunc(out, func(x, y Result) int {
		return cmp.Or(strings.Compare(x.Benchmark, y.Benchmark), cmp.Compare(x.Version, y.Version))
	})
	return out
}

// sidecar reads the sidecar of a result; see [Archive.Sidecar].
func (l *resultLoader) sidecar(r *Result, linked bool) (*Sidecar, error) {
	if r.Sidecar == nil {
		return &Sidecar{}, nil
	}
	name := SidecarPath(r.Model, r.Benchmark, r.Version)
	data, err := l.read(name, nil, linked, maxSidecar)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != r.Sidecar.SHA256 {
		return nil, fmt.Errorf("%s is not the file that the result pins by digest", name)
	}
	return DecodeSidecar(data)
}

// read is [Archive.read] into a buffer that the next call overwrites. The entry
// is the file's, or nil for it to be looked up.
func (l *resultLoader) read(name string, e fs.DirEntry, linked bool, limit int64) ([]byte, error) {
	full := filepath.Join(l.a.Root, filepath.FromSlash(name))
	var mode fs.FileMode
	if e != nil {
		mode = e.Type()
	} else if info, err := os.Lstat(full); err == nil {
		mode = info.Mode().Type()
	}
	if linked || mode != 0 {
		return l.a.read(name, limit) // which says what is wrong
	}
	f, err := os.Open(full)
	if err != nil {
		return l.a.read(name, limit)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() > limit {
		return l.a.read(name, limit)
	}
	l.buf = slices.Grow(l.buf[:0], int(info.Size()))[:info.Size()]
	if _, err := io.ReadFull(f, l.buf); err != nil {
		return nil, fmt.Errorf("can not be read: %w", err)
	}
	return l.buf, nil
}
