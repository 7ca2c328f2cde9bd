package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
)

// blob is what a version of a result file says.
type blob struct {
	status                archive.Status
	reason, key, rule     string
	raw, score, unclipped archive.Number
	note                  string // why it can not be read
	lost                  bool   // git could not give it, which may be mended
}

// fill copies what the file says into a change.
func (b blob) fill(c *Change) {
	c.Note = b.note
	if b.note == "" {
		c.Status, c.Reason, c.Key = b.status, b.reason, b.key
		c.Raw, c.Score, c.Unclipped = b.raw, b.score, b.unclipped
	}
}

// maxBlob bounds a result file (8 MiB, as reading an archive does).
const maxBlob = 8 << 20

// maxDeaths is how often git is called again after it died of an object.
const maxDeaths = 16

// blobs reads the results that the entries name, each once, in the order in
// which they are named.
func (g reader) blobs(ctx context.Context, entries []entry, line []lineEntry) (map[string]blob, error) {
	blobs := map[string]blob{}
	var hashes []string
	need := func(h string) {
		if _, known := blobs[h]; !known && h != "" {
			blobs[h] = blob{}
			hashes = append(hashes, h)
		}
	}
	for _, e := range entries {
		need(e.blob)
		need(e.before)
	}
	for _, e := range line { // those that begin a shallow clone are in no entry
		if definition(e.path) == "" {
			need(e.blob)
		}
	}
	err := g.objects(ctx, hashes, maxBlob, func(hash string, o git.Object) {
		blobs[hash] = readBlob(o)
	}, func(hash, why string) {
		blobs[hash] = blob{note: why, lost: true}
	})
	return blobs, err
}

// objects reads the objects with the hashes, in their order, and says of those
// that git can not give why.
func (g reader) objects(ctx context.Context, hashes []string, most int64, got func(hash string, o git.Object), lost func(hash, why string)) error {
	var here map[string]bool
	for deaths := 0; len(hashes) > 0; deaths++ {
		done := 0
		err := g.Objects(ctx, hashes, most, func(i int, o git.Object) error {
			got(hashes[i], o)
			done++
			return nil
		})
		if done == len(hashes) {
			break
		}
		// Git dies of an object that it may not fetch and of some that are
		// damaged. The others can still be read.
		var died *exec.ExitError
		if !errors.As(err, &died) || deaths == maxDeaths {
			return err
		}
		if deaths == 0 {
			if here, err = g.Present(ctx); err != nil {
				return err
			}
		}
		if here[hashes[done]] {
			lost(hashes[done], "damaged in this clone")
			done++
		}
		hashes = slices.DeleteFunc(hashes[done:], func(h string) bool {
			if !here[h] {
				lost(h, "not in this clone")
			}
			return !here[h]
		})
	}
	return nil
}

// readBlob reads what git has under a hash.
func readBlob(o git.Object) blob {
	switch {
	case o.Type == "":
		return blob{note: "not in this clone", lost: true}
	case o.Type != "blob":
		return blob{note: "not a file"}
	case o.Data == nil:
		return blob{note: fmt.Sprintf("%d bytes, more than the %d allowed", o.Size, maxBlob)}
	}
	return decode(o.Data)
}

// decode reads a result file of any age: of its fields those that a history
// shows, whatever else is in it.
func decode(data []byte) blob {
	nan := archive.Number(math.NaN())
	r := struct {
		Key       string         `json:"key"`
		Rule      string         `json:"rule"`
		Status    archive.Status `json:"status"`
		Reason    string         `json:"reason"`
		Raw       archive.Number `json:"raw"`
		Score     archive.Number `json:"score"`
		Unclipped archive.Number `json:"unclipped"`
	}{Raw: nan, Score: nan, Unclipped: nan}
	if err := json.Unmarshal(data, &r); err != nil {
		return blob{note: "not a result: " + git.Clean(strings.TrimPrefix(err.Error(), "json: "), 200)}
	}
	switch r.Status {
	case archive.Scored, archive.Failed, archive.NotApplicable:
	default:
		return blob{note: "not a result: " + git.Clean(fmt.Sprintf("the status is %q", r.Status), 200)}
	}
	return blob{status: r.Status, reason: git.Clean(r.Reason, 300), key: git.Clean(r.Key, 100), rule: git.Clean(r.Rule, 100), raw: r.Raw, score: r.Score, unclipped: r.Unclipped}
}
