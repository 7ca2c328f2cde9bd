package audit

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// files compares the files below results/ with those of the newest commit, and
// counts the results.
func (w *walk) files(ctx context.Context) error {
	entries, err := w.repo.Tree(ctx, w.report.Head, "results/")
	if err != nil {
		return err
	}
	committed := map[string]string{} // hash by path
	for _, e := range entries {
		committed[e.Path] = e.Hash
		if strings.HasSuffix(e.Path, ".json") {
			w.report.Results++
		}
	}
	if b := w.report.Baseline; b != nil && b.Commit != "" {
		before, err := w.repo.Tree(ctx, b.Commit, "results/")
		if err != nil {
			return err
		}
		for _, e := range before {
			if strings.HasSuffix(e.Path, ".json") && committed[e.Path] == e.Hash {
				b.Results++
			}
		}
	}
	var differ, extra []string
	root := filepath.Join(w.repo.Dir, "results")
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if name == root && (errors.Is(err, fs.ErrNotExist) || err == nil && !d.IsDir()) {
			return filepath.SkipAll
		}
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(w.repo.Dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		want, ok := committed[rel]
		delete(committed, rel)
		if !ok {
			extra = append(extra, rel)
			return nil
		}
		got, err := blobHash(name, d, want)
		if err == nil && got != want {
			differ = append(differ, rel)
		}
		return err
	})
	if err != nil {
		return err
	}
	var missing []string
	for _, e := range entries {
		if _, left := committed[e.Path]; left {
			missing = append(missing, e.Path)
		}
	}
	for _, f := range []struct {
		paths      []string
		what, hint string
	}{
		{differ, "not as the newest commit has it: " + list(differ), "`git diff HEAD -- results` shows the difference, `git checkout HEAD -- results` undoes it"},
		{extra, "not committed: " + list(extra), "`bsgen record` commits results to the branch; locally they may be removed"},
		{missing, "not there, though the newest commit has it: " + list(missing), "`git checkout HEAD -- results` brings it back"},
	} {
		if len(f.paths) > 0 {
			w.add(Finding{Rule: "uncommitted", Path: "results", What: f.what, Hint: f.hint})
		}
	}
	return nil
}

// blobHash returns the hash that git would give to a file, in the hash function
// of another one.
func blobHash(name string, d fs.DirEntry, like string) (string, error) {
	var h hash.Hash = sha1.New()
	if len(like) == 64 {
		h = sha256.New()
	}
	if d.Type()&fs.ModeSymlink != 0 { // git stores where it leads
		target, err := os.Readlink(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "blob %d\x00%s", len(target), target)
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	if !d.Type().IsRegular() {
		return "", nil
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "blob %d\x00", info.Size())
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
