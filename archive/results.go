package archive

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/parallel"
)

// loadResults reads the results of all models that are not known, models side by
// side, and checks them against the rest of the archive. There may be a hundred
// thousand of them, so what goes for a folder is asked once.
func (a *Archive) loadResults(known map[string]resultsPart, ps *Problems) {
	models := a.folders("results", "<benchmark>@<version>.json", ps)
	linked := isLink(filepath.Join(a.Root, "results"))
	read := make([]resultsPart, len(models))
	parallel.Each(len(models), func() *resultLoader { return &resultLoader{a: a, linked: linked, pool: newPool()} }, func(l *resultLoader, i int) {
		part, ok := known[models[i]]
		if !ok {
			part.results = l.load(models[i], &part.problems)
		}
		read[i] = part
	})
	benchmarks := a.benchmarkFolders()
	fit := make([]resultsPart, len(models))
	parallel.Each(len(models), parallel.None, func(_ struct{}, i int) {
		fit[i].results = a.fitting(models[i], read[i].results, benchmarks, &fit[i].problems)
	})
	a.parts.results = make(map[string]resultsPart, len(models))
	for i, model := range models {
		a.parts.results[model] = read[i]
		*ps = append(append(*ps, read[i].problems...), fit[i].problems...)
		if len(fit[i].results) > 0 {
			a.Results[model] = fit[i].results
		}
	}
}

// benchmarkFolders returns the names of the folders of benchmarks/, and the
// benchmarks that are sound.
func (a *Archive) benchmarkFolders() map[string]*Benchmark {
	folders := map[string]*Benchmark{}
	if entries, err := os.ReadDir(filepath.Join(a.Root, "benchmarks")); err == nil {
		for _, e := range entries {
			folders[e.Name()] = nil
		}
	}
	for _, b := range a.Benchmarks {
		folders[b.ID] = b
	}
	return folders
}

// fitting reports results of a model that does not exist, of benchmarks that do
// not, and of the other kind than their benchmark's scores are. Those last are left
// out of what it returns.
func (a *Archive) fitting(model string, results []Result, benchmarks map[string]*Benchmark, ps *Problems) []Result {
	dir := "results/" + model
	if !a.exists("submissions/" + model) {
		ps.Add(dir, 0, "results go with their submission: remove the folder, or restore the submission", "there is no submission %q", model)
	}
	var unfit []int
	for i := range results {
		r := &results[i]
		b, ok := benchmarks[r.Benchmark]
		if !ok {
			ps.Add(ResultPath(model, r.Benchmark, r.Version), 0, "results go with their benchmark: remove the file, or restore the benchmark", "there is no benchmark %q", r.Benchmark)
		}
		if b == nil {
			continue
		}
		if why := b.otherKind(r); why != "" {
			ps.Add(ResultPath(model, r.Benchmark, r.Version), 0, "`bsgen import` writes published results, `bsgen score` computed ones, and no benchmark has both", "%s", why)
			unfit = append(unfit, i)
		}
	}
	if len(unfit) == 0 {
		return results // what was read stays where it is
	}
	var fit []Result
	for i := range results {
		if !slices.Contains(unfit, i) {
			fit = append(fit, results[i])
		}
	}
	return fit
}

func isLink(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// resultLoader reads the results of one model after another.
type resultLoader struct {
	a      *Archive
	linked bool // results/ is a symbolic link
	pool   *pool

	dir  string   // of the model: results/<model>
	open *os.File // the same folder; nil where it lies behind a symbolic link
	buf  []byte   // the file that was read last
}

// load reads the folder of a model, by itself: it gives the same whatever else the
// archive holds.
func (l *resultLoader) load(model string, ps *Problems) []Result {
	l.dir = "results/" + model
	folder, err := os.Open(filepath.Join(l.a.Root, l.dir))
	if err != nil {
		ps.Add(l.dir, 0, "", "can not be read: %v", err)
		return nil
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	if err != nil {
		ps.Add(l.dir, 0, "", "can not be read: %v", err)
		return nil
	}
	slices.Sort(names)
	l.open = folder
	if l.linked || isLink(filepath.Join(l.a.Root, l.dir)) {
		l.open = nil
	}
	count := 0
	for _, base := range names {
		switch path.Ext(base) {
		case ".json":
			count++
		case ".bin":
			if _, ok := slices.BinarySearch(names, strings.TrimSuffix(base, ".bin")+".json"); !ok {
				ps.Add(path.Join(l.dir, base), 0, "remove it", "a sidecar without its result")
			}
		default:
			hint := "only the scorer writes below results/"
			if strings.HasPrefix(base, tempPrefix) {
				hint = "an interrupted run left it: remove it"
			}
			ps.Add(path.Join(l.dir, base), 0, hint, "neither a result nor a sidecar")
		}
	}
	out := make([]Result, 0, count)
	for _, base := range names {
		if path.Ext(base) != ".json" {
			continue
		}
		out = append(out, Result{})
		if !l.result(&out[len(out)-1], model, base, ps) {
			out = out[:len(out)-1]
		}
	}
	slices.SortFunc(out, func(x, y Result) int {
		return cmp.Or(strings.Compare(x.Benchmark, y.Benchmark), cmp.Compare(x.Version, y.Version))
	})
	return out
}

// result reads one result with its sidecar. It is false where the archive is
// better off without it.
func (l *resultLoader) result(r *Result, model, base string, ps *Problems) bool {
	problem := func(line int, hint, format string, args ...any) {
		ps.Add(path.Join(l.dir, base), line, hint, format, args...)
	}
	data, err := l.read(base, maxResult, func(data []byte) bool { return bytes.HasSuffix(data, resultEnd) })
	if err != nil {
		problem(0, "", "%v", err)
		return false
	}
	canonical := decodeCanonical(data, r, l.pool)
	if !canonical {
		slow, err := DecodeResult(data)
		if err != nil {
			var le *LineError
			line := 0
			if errors.As(err, &le) {
				line, err = le.Line, le.Err
			}
			problem(line, "score it again with `bsgen score --force`", "%v", err)
			return false
		}
		*r = *slow
	}
	if r.Model != model || !r.isNamed(base) {
		problem(0, "results are not moved by hand: score it again", "the result is of %s on %s@%d", r.Model, r.Benchmark, r.Version)
		return false
	}
	if !canonical {
		if written, err := r.Encode(); err != nil || !bytes.Equal(written, data) {
			problem(0, "results are not edited by hand: score it again", "the file is not as the scorer writes it")
			return false
		}
	}
	if r.Sidecar != nil {
		if err := l.sidecar(r.Sidecar, strings.TrimSuffix(base, ".json")+".bin"); err != nil {
			problem(0, fmt.Sprintf("score it again: `bsgen score --force --model %s --benchmark %s`", model, r.Benchmark), "%v", err)
			return true
		}
	}
	if err := r.consistent(); err != nil {
		problem(0, "results are not edited by hand: score it again", "%v", err)
	}
	return true
}

// isNamed reports whether base is the name of the result's file.
func (r *Result) isNamed(base string) bool {
	rest, ok := strings.CutPrefix(base, r.Benchmark)
	return ok && rest == "@"+strconv.Itoa(r.Version)+".json"
}

// sidecar reads a sidecar; see [Archive.Sidecar].
func (l *resultLoader) sidecar(ref *SidecarRef, base string) error {
	data, err := l.read(base, maxSidecar, func(data []byte) bool { return len(data) == ref.Bytes })
	if err != nil {
		return fmt.Errorf("%s/%s %w", l.dir, base, err)
	}
	if ref.SHA256 != sha256.Sum256(data) {
		return fmt.Errorf("%s/%s is not the file that the result pins by digest", l.dir, base)
	}
	return ref.read.decode(data, l.pool.floats.take)
}

// read is [Archive.read] of a file of the model's, into a buffer that the next
// call overwrites. Whole reports whether that much can be all of the file.
func (l *resultLoader) read(base string, limit int64, whole func(data []byte) bool) ([]byte, error) {
	if l.open != nil {
		if data, ok := readAt(l.open, base, l.buf, limit); ok && whole(data) {
			l.buf = data
			return data, nil
		}
	}
	return l.a.read(path.Join(l.dir, base), limit)
}

// resultEnd ends a result as it is written, and stands nowhere else in it.
var resultEnd = []byte("\n}\n")
