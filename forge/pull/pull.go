package pull

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
)

// Schema is the version of pull.json.
const Schema = 1

// Kind says what a pull request does.
type Kind string

// The kinds of pull requests.
const (
	Submission Kind = "submission" // adds or changes files of one model
	Removal    Kind = "removal"    // removes a model
	Other      Kind = "other"      // touches no model
)

// Pull is what a pull request does, and what is wrong with it.
type Pull struct {
	Schema   int              `json:"schema"`
	Number   int              `json:"number"` // 0: not of a forge
	Head     string           `json:"head"`   // commit
	Base     string           `json:"base"`   // commit of the main branch that it is compared with
	Kind     Kind             `json:"kind"`
	Model    string           `json:"model"` // id; "" where there is none that a model could have
	New      bool             `json:"new"`   // the main branch has no such model
	Files    []File           `json:"files"` // of the submission, those that are sound
	Problems archive.Problems `json:"problems"`
	// Unsound says that a problem is one of the submission's own files, so that
	// they can not be looked at any further.
	Unsound bool `json:"unsound"`
	// Missing are the data that scoring needs and that could not be had.
	Missing []Missing `json:"missing"`
}

// Missing is a source that could not be had, and why.
type Missing struct {
	SHA256 string `json:"sha256"`
	Reason string `json:"reason"`
}

// File is a regular file of a submission.
type File struct {
	Path  string `json:"path"` // from the root of the repository
	Blob  string `json:"blob"`
	Bytes int64  `json:"bytes"`
}

// Inspect compares two commits and applies the policy to what lies between the
// point where head left base, and head. An error means that git could not tell;
// what is wrong with the pull request is in Problems.
func Inspect(ctx context.Context, r Repository, base, head string) (*Pull, error) {
	p := &Pull{Schema: Schema, Kind: Other}
	var err error
	if p.Base, err = r.Commit(ctx, base); err != nil {
		return nil, err
	}
	if p.Head, err = r.Commit(ctx, head); err != nil {
		return nil, err
	}
	fork, err := r.fork(ctx, p.Base, p.Head)
	if errors.Is(err, errNoFork) {
		if r.shallow(ctx) {
			return nil, ErrShallow
		}
		p.Problems.Add("submissions", 0, "branch off the main branch and add your folder there", "the pull request has no common history with the main branch")
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	at, err := r.roots(ctx, fork, p.Base, p.Head)
	if err != nil {
		return nil, err
	}
	err = r.trees(ctx, maxTrees, func(t *trees) error { return p.inspect(ctx, r, t, at) })
	if err != nil {
		return nil, fmt.Errorf("compare %.12s with %.12s: %w", p.Head, fork, err)
	}
	p.Problems = p.Problems.Sort()
	return p, nil
}

// inspect looks at what changed between the fork and the head.
func (p *Pull) inspect(ctx context.Context, r Repository, t *trees, at commits) error {
	changes, err := t.changes(at.fork, at.head)
	if errors.Is(err, errTooMany) {
		// Who changes so much may be a maintainer at work elsewhere.
		changes, err = t.changesOfData(at.fork, at.head)
	}
	switch {
	case errors.Is(err, errTooMany):
		p.Problems.Add("submissions", 0, "a submission is one folder and nothing else", "the pull request changes more than %d files", maxChanges)
		return nil
	case errors.Is(err, errLongPath):
		p.Problems.Add("submissions", 0, "shorten it", "%v", err)
		return nil
	case err != nil:
		return err
	}
	folders, outside := sortChanges(changes)
	checkOutside(outside, len(folders) > 0, &p.Problems)
	switch len(folders) {
	case 0:
		return nil
	case 1:
		p.Kind = Submission
		return p.inspectFolder(ctx, r, t, at, folders[0])
	}
	p.Kind, p.Unsound = Submission, true
	var names []string
	for _, f := range folders[:min(len(folders), 3)] {
		names = append(names, quotePath(f))
	}
	p.Problems.Add("submissions", 0, "one pull request for each model", "the pull request changes %d submissions: %s", len(folders), strings.Join(names, ", "))
	return nil
}

// commits are the roots of the trees of a pull request.
type commits struct{ fork, base, head entry }

func (r Repository) roots(ctx context.Context, fork, base, head string) (c commits, err error) {
	for _, x := range []struct {
		commit string
		to     *entry
	}{{fork, &c.fork}, {base, &c.base}, {head, &c.head}} {
		if *x.to, err = r.root(ctx, x.commit); err != nil {
			return c, err
		}
	}
	return c, nil
}

// changes lists the paths that differ between two trees, at most maxChanges. A
// file that was moved is two of them.
func (t *trees) changes(from, to entry) ([]string, error) {
	var out []string
	err := t.compare(from, to, func(was, is entry) error {
		if len(out) == maxChanges {
			return errTooMany
		}
		out = append(out, is.Path)
		return nil
	})
	return out, err
}

// changesOfData lists those below submissions/ and results/.
func (t *trees) changesOfData(from, to entry) ([]string, error) {
	t.left = maxTrees
	var out []string
	for _, dir := range []string{"submissions", "results"} {
		was, err := t.find(from, dir)
		if err != nil {
			return nil, err
		}
		is, err := t.find(to, dir)
		if err != nil {
			return nil, err
		}
		changes, err := t.changes(was, is)
		if err != nil {
			return nil, err
		}
		out = append(out, changes...)
	}
	if len(out) > 0 {
		return nil, errTooMany // with the others, which were too many
	}
	return nil, nil
}

// inspectFolder looks at the one submission that a pull request changes.
func (p *Pull) inspectFolder(ctx context.Context, r Repository, t *trees, at commits, folder string) error {
	var own archive.Problems
	defer func() {
		p.Unsound = len(own) > 0
		p.Problems = append(p.Problems, own...)
	}()
	if checkID(folder, &own) {
		p.Model = folder
	}
	t.left = maxTrees // whatever else the pull request changes
	there, err := t.find(at.base, "submissions")
	if err != nil {
		return err
	}
	siblings, err := t.read(there.Hash)
	if err != nil {
		return err
	}
	checkClash(siblings, folder, &own)
	dir := "submissions/" + folder
	var forked, based, headed entry
	for _, x := range []struct{ root, to *entry }{{&at.fork, &forked}, {&at.base, &based}, {&at.head, &headed}} {
		if *x.to, err = t.find(*x.root, dir); err != nil {
			return err
		}
	}
	p.New = based.gone()
	if p.Files, err = r.checkFiles(ctx, t, headed, &own); err != nil {
		return err
	}
	if headed.gone() {
		p.Kind = Removal
	}
	// What the main branch did to the folder meanwhile would be undone in silence.
	if forked.Hash != based.Hash {
		own.Add(quotePath(dir), 0, "merge the main branch into yours", "the folder has changed on the main branch since yours left it")
	}
	return nil
}

// FileName is the name of the file that [Pull.Write] writes.
const FileName = "pull.json"

// Write writes the file pull.json into the folder.
func (p *Pull) Write(dir string) error {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", FileName, err)
	}
	return archive.WriteFile(filepath.Join(dir, FileName), append(data, '\n'))
}

// maxJSON bounds pull.json: its files and problems are bounded too.
const maxJSON = 4 << 20

// Read reads the pull.json of a folder. Unknown fields are errors.
func Read(dir string) (*Pull, error) {
	f, err := os.Open(filepath.Join(dir, FileName))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxJSON+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", FileName, err)
	}
	if len(data) > maxJSON {
		return nil, fmt.Errorf("read %s: it is larger than %d bytes", FileName, maxJSON)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var p Pull
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("read %s: %w", FileName, err)
	}
	if p.Schema != Schema {
		return nil, fmt.Errorf("read %s: schema %d, this bsgen reads %d", FileName, p.Schema, Schema)
	}
	if !git.IsHash(p.Head) || !git.IsHash(p.Base) {
		return nil, fmt.Errorf("read %s: head or base is no commit", FileName)
	}
	if p.Model != "" && archive.CheckID(p.Model) != nil {
		return nil, fmt.Errorf("read %s: the model %.60q has no id", FileName, p.Model)
	}
	return &p, nil
}
