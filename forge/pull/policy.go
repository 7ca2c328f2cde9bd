package pull

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
)

// maxOutside is how many paths outside the submission are named one by one.
const maxOutside = 20

// sortChanges divides the changes of a pull request: those below submissions/, by the
// folder there, and the others.
func sortChanges(changes []string) (folders, outside []string) {
	seen := map[string]bool{}
	for _, path := range changes {
		rest, ok := strings.CutPrefix(path, "submissions/")
		if !ok || rest == "README.md" {
			outside = append(outside, path)
			continue
		}
		folder, _, _ := strings.Cut(rest, "/")
		seen[folder] = true
	}
	return slices.Sorted(maps.Keys(seen)), outside
}

// checkOutside reports what a pull request changes beside its submission. With
// none, code and pages are free, and only results are not.
func checkOutside(outside []string, submission bool, ps *archive.Problems) {
	const own = "move it into a pull request of its own"
	named, more := 0, 0
	for _, path := range outside {
		top, _, _ := strings.Cut(path, "/")
		var what, hint string
		switch {
		case strings.EqualFold(top, "results"):
			what, hint = "results are written by the scorer alone", "undo the change; the official scores are recorded after the merge"
		case !submission && strings.EqualFold(top, "submissions") && top != "submissions":
			what, hint = fmt.Sprintf("the folder %s differs from submissions only in capitals", quote(top)), "submissions/ is the one for models"
		case !submission:
			continue
		case strings.EqualFold(top, ".github"):
			what, hint = "a submission can not change the workflows", own
		case strings.EqualFold(top, "benchmarks"), strings.EqualFold(top, "boards"):
			what, hint = "a submission can not change what models are measured by", own
		default:
			what, hint = "a submission changes nothing outside its own folder", own
		}
		if named == maxOutside {
			more++
			continue
		}
		named++
		ps.Add(quotePath(path), 0, hint, "%s", what)
	}
	if more > 0 {
		ps.Add("submissions", 0, "a submission is one folder and nothing else", "the pull request changes %d more files outside its folder", more)
	}
}

// quotePath shows a path, with escapes where a name in it is not plain.
func quotePath(path string) string {
	q := quote(path)
	return strings.TrimSuffix(strings.TrimPrefix(q, `"`), `"`)
}

// checkID reports why the folder's name can not be a model's id.
func checkID(folder string, ps *archive.Problems) bool {
	at := "submissions/" + quotePath(folder)
	if what, hint := badName(folder); what != "" {
		ps.Add(at, 0, hint, "%s", what)
		return false
	}
	if err := archive.CheckID(folder); err != nil {
		ps.Add(at, 0, "the folder has the model's id as its name", "%v", err)
		return false
	}
	if lower := strings.ToLower(folder); lower != folder {
		ps.Add(at, 0, "name the folder "+lower, "the id %q has capitals", folder)
		return false
	}
	return true
}

// checkClash reports a folder that differs from one of the main branch only in
// capitals. The entries are those of submissions/ there.
func checkClash(entries []entry, folder string, ps *archive.Problems) {
	for _, e := range entries {
		if e.Path != folder && strings.EqualFold(e.Path, folder) {
			ps.Add("submissions/"+quotePath(folder), 0, "rename one: some file systems ignore case", "differs from submissions/%s only in capitals", quotePath(e.Path))
		}
	}
}

// checkFiles reports what is wrong with the files of a submission, and returns
// those that are sound.
func (r Repository) checkFiles(ctx context.Context, t *trees, at entry, ps *archive.Problems) ([]File, error) {
	dir := at.Path
	entries, err := t.list(at, MaxFiles)
	switch {
	case errors.Is(err, errTooMany):
		ps.Add(dir, 0, "commit what model.yaml names and nothing else", "the submission has more than %d files", MaxFiles)
		return nil, nil
	case err != nil:
		return nil, err
	}
	var files []File
	for _, e := range entries {
		if checkEntry(dir, e, ps) {
			files = append(files, File{Path: e.Path, Blob: e.Hash})
		}
	}
	checkSpelling(entries, ps)
	return r.checkSizes(ctx, dir, files, ps)
}

// checkEntry reports an entry that is no plain regular file in the folder.
func checkEntry(dir string, e entry, ps *archive.Problems) bool {
	at := quotePath(e.Path)
	switch e.Mode {
	case modeFile:
	case modeLink:
		ps.Add(at, 0, "commit the file itself: `git rm`, copy, `git add`", "a symbolic link could point anywhere")
	case modeSubmodule:
		ps.Add(at, 0, "commit the files themselves: `git rm --cached`, remove the .git in it, `git add`", "a submodule is another repository, not files")
	case modeExecutable:
		ps.Add(at, 0, "`git update-index --chmod=-x` takes the bit off", "the file is executable; a submission holds data")
	default:
		ps.Add(at, 0, "git writes 100644 for regular files", "the file has the mode %s", quote(e.Mode))
	}
	rel, ok := strings.CutPrefix(e.Path, dir+"/")
	if !ok { // submissions/<id> itself is a file, a link or a submodule
		if e.Mode == modeFile {
			ps.Add(at, 0, "it belongs into a folder: "+dir+"/model.yaml", "a file where a folder is expected")
		}
		return false
	}
	if what, hint := badPath(rel); what != "" {
		ps.Add(at, 0, hint, "%s", what)
		return false
	}
	return e.Mode == modeFile
}

// checkSpelling reports paths that are one and the same where case is ignored.
func checkSpelling(entries []entry, ps *archive.Problems) {
	type place struct {
		path string
		file bool
	}
	seen := map[string]place{} // by lower case
	for _, e := range entries {
		parts := strings.Split(e.Path, "/")
		for i := range parts {
			here := place{strings.Join(parts[:i+1], "/"), i == len(parts)-1}
			folded := strings.ToLower(here.path)
			first, ok := seen[folded]
			if !ok {
				seen[folded] = here
			} else if first.path != here.path || first.file || here.file {
				ps.Add(quotePath(e.Path), 0, "rename one: some file systems ignore case", "clashes with %s", quotePath(first.path))
				break
			}
		}
	}
}

// checkSizes reports files that are too large, and pointers that stand for
// files elsewhere. It reads no more than the beginning of small files.
func (r Repository) checkSizes(ctx context.Context, dir string, files []File, ps *archive.Problems) ([]File, error) {
	sizes, err := r.sizes(ctx, hashesOf(files))
	if err != nil {
		return nil, err
	}
	const elsewhere = "host it, on Zenodo or as a release of your repository, and name it by url, sha256 and bytes"
	var total int64
	var sound, small []File
	for i, f := range files {
		f.Bytes = sizes[i]
		at := quotePath(f.Path)
		switch {
		case f.Bytes < 0: // the fetch leaves out what is larger than the limit
			ps.Add(at, 0, elsewhere, "the file is larger than the %d MB allowed", MaxFile>>20)
			continue
		case f.Bytes > MaxFile:
			ps.Add(at, 0, elsewhere, "the file has %d bytes, more than the %d MB allowed", f.Bytes, MaxFile>>20)
			continue
		case f.Bytes <= maxPointer:
			small = append(small, f)
		}
		total += f.Bytes
		sound = append(sound, f)
	}
	if total > MaxTotal {
		ps.Add(dir, 0, elsewhere, "the files have %d bytes together, more than the %d MB allowed", total, MaxTotal>>20)
		return nil, nil
	}
	pointers, err := r.pointers(ctx, small)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(sound, func(f File) bool {
		if pointers[f.Path] {
			ps.Add(quotePath(f.Path), 0, "`git lfs uninstall`, then add it again; larger than 20 MB: "+elsewhere, "the file is a pointer of Git LFS, not the data")
		}
		return pointers[f.Path]
	}), nil
}

// A pointer of Git LFS is a text of at most 1024 bytes that begins so.
const (
	maxPointer    = 1024
	pointerPrefix = "version https://git-lfs.github.com/spec/"
)

// pointers finds the files that are pointers of Git LFS.
func (r Repository) pointers(ctx context.Context, files []File) (map[string]bool, error) {
	found := map[string]bool{}
	err := r.Objects(ctx, hashesOf(files), maxPointer, func(i int, o git.Object) error {
		found[files[i].Path] = bytes.HasPrefix(o.Data, []byte(pointerPrefix))
		return nil
	})
	return found, err
}

// hashesOf returns the blobs of files.
func hashesOf(files []File) []string {
	hashes := make([]string, len(files))
	for i, f := range files {
		hashes[i] = f.Blob
	}
	return hashes
}
