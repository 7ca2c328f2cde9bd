package archive

import (
	"hash/maphash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// settingParts are the parts that models and results are checked against.
var settingParts = []string{"site.yaml", "boards", "benchmarks"}

// Watcher notices which parts of an archive change, by the names, sizes and times
// of its files. A part is site.yaml, boards, benchmarks, content, or the folder of
// one model below submissions or results.
type Watcher struct {
	root string
	seed maphash.Seed
	seen map[string]look
	turn int // the folder of results that is looked into next
}

// look is what a part looked like.
type look struct {
	entries []string // its files and folders; of a folder of results the folder alone
	stats   uint64   // digest of sizes and times of the entries
	files   uint64   // digest of names, sizes and times of its files
}

// NewWatcher looks at the archive in the folder for the first time.
func NewWatcher(root string) *Watcher {
	w := &Watcher{root: root, seed: maphash.MakeSeed()}
	w.Look()
	return w
}

// turnTime is how long one look spends on folders of results that seem to be as they
// were; one of them is looked into in any case.
const turnTime = 500 * time.Microsecond

// Look returns the parts that have changed since the last look, sorted. Files that
// come and go while it looks count as a change or not at all; the next look settles
// it.
//
// A folder's own time tells whether files were added, removed or replaced; what lies
// in it is asked for its time too. But results are most of an archive, a hundred
// thousand files or more, and bsgen and git replace such files and write none over
// in its place: these are asked in turn, so that such a change is noticed a minute
// later in a large archive.
func (w *Watcher) Look() (changed []string) {
	before := w.seen
	w.seen = make(map[string]look, len(before))
	note := func(part string, now look) {
		w.seen[part] = now
		if was, known := before[part]; !known || was.files != now.files {
			changed = append(changed, part)
		}
	}
	models := prefixed("results/", w.folders("results"))
	for _, part := range slices.Concat(settingParts, []string{"content"}, prefixed("submissions/", w.folders("submissions")), models) {
		now, known := before[part]
		if known && w.stat(now.entries) == now.stats {
			w.seen[part] = now
			continue
		}
		note(part, w.walk(part))
	}
	for start, left := time.Now(), len(models); left > 0 && time.Since(start) < turnTime; left-- {
		w.turn++
		part := models[w.turn%len(models)]
		if now := w.walk(part); now.files != w.seen[part].files && !slices.Contains(changed, part) {
			note(part, now)
		}
	}
	for part := range before {
		if _, still := w.seen[part]; !still {
			changed = append(changed, part)
		}
	}
	slices.Sort(changed)
	return changed
}

func prefixed(prefix string, names []string) []string {
	for i := range names {
		names[i] = prefix + names[i]
	}
	return names
}

// folders lists the folders of a folder.
func (w *Watcher) folders(dir string) []string {
	entries, err := os.ReadDir(filepath.Join(w.root, dir))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// walk looks at a part as a whole.
func (w *Watcher) walk(part string) look {
	var now look
	h := w.hash()
	top := filepath.Join(w.root, part)
	filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if strings.HasPrefix(filepath.Base(name), tempPrefix) {
			return nil
		}
		now.entries = append(now.entries, name) // also what is not there yet
		switch {
		case err != nil:
			h.WriteString(err.Error())
		case !d.IsDir():
			h.WriteString(name)
			info, err := d.Info()
			writeStat(h, info, err)
		}
		return nil
	})
	if strings.HasPrefix(part, "results/") {
		now.entries = []string{top}
	}
	now.stats, now.files = w.stat(now.entries), h.Sum64()
	return now
}

// stat digests sizes and times of some files and folders.
func (w *Watcher) stat(entries []string) uint64 {
	h := w.hash()
	for _, name := range entries {
		info, err := os.Lstat(name)
		writeStat(h, info, err)
	}
	return h.Sum64()
}

func (w *Watcher) hash() *maphash.Hash {
	var h maphash.Hash
	h.SetSeed(w.seed)
	return &h
}

func writeStat(h *maphash.Hash, info fs.FileInfo, err error) {
	if err == nil {
		maphash.WriteComparable(h, [2]int64{info.Size(), info.ModTime().UnixNano()})
	}
}
