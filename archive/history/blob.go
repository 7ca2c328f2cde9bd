package history

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
)

// blob is what a version of a result file says.
type blob struct {
	status                archive.Status
	reason, key           string
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

// blobs reads the files that the entries name, each once, in the order in which
// they are named.
func (g git) blobs(ctx context.Context, entries []entry) (map[string]blob, error) {
	blobs := map[string]blob{}
	var hashes []string
	for _, e := range entries {
		for _, h := range []string{e.blob, e.before} {
			if _, known := blobs[h]; !known && h != "" {
				blobs[h] = blob{}
				hashes = append(hashes, h)
			}
		}
	}
	var here map[string]bool
	for deaths := 0; len(hashes) > 0; deaths++ {
		done := 0
		err := g.stream(ctx, strings.NewReader(strings.Join(hashes, "\n")+"\n"), func(r io.Reader) error {
			in := bufio.NewReaderSize(r, 64<<10)
			for _, h := range hashes {
				b, err := readBlob(in)
				if err != nil {
					return err
				}
				blobs[h] = b
				done++
			}
			return nil
		}, "cat-file", "--batch", "--buffer")
		if done == len(hashes) {
			break
		}
		// Git dies of an object that it may not fetch and of some that are
		// damaged. The others can still be read.
		var died *exec.ExitError
		if !errors.As(err, &died) || deaths == maxDeaths {
			return nil, err
		}
		if deaths == 0 {
			if here, err = g.present(ctx); err != nil {
				return nil, err
			}
		}
		if here[hashes[done]] {
			blobs[hashes[done]] = blob{note: "damaged in this clone", lost: true}
			done++
		}
		hashes = slices.DeleteFunc(hashes[done:], func(h string) bool {
			if !here[h] {
				blobs[h] = blob{note: "not in this clone", lost: true}
			}
			return !here[h]
		})
	}
	return blobs, nil
}

// present returns the names of the objects that are in the clone. A partial clone
// lacks some until they are asked for.
func (g git) present(ctx context.Context) (map[string]bool, error) {
	here := map[string]bool{}
	err := g.stream(ctx, nil, func(r io.Reader) error {
		names := bufio.NewScanner(r)
		for names.Scan() {
			here[names.Text()] = true
		}
		return names.Err()
	}, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered", "--buffer")
	return here, err
}

// readBlob reads one answer of `git cat-file --batch`:
//
//	<hash> <type> <size> LF <content> LF
//	<hash> missing LF
func readBlob(r *bufio.Reader) (blob, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return blob{}, unexpected(err)
	}
	parts := strings.Fields(string(line))
	if len(parts) == 2 && parts[1] == "missing" {
		return blob{note: "not in this clone", lost: true}, nil
	}
	if len(parts) != 3 {
		return blob{}, fmt.Errorf("git cat-file answers %q", clean(string(line), 200))
	}
	size, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || size < 0 {
		return blob{}, fmt.Errorf("git cat-file answers %q", clean(string(line), 200))
	}
	if size > maxBlob || parts[1] != "blob" {
		if _, err := io.CopyN(io.Discard, r, size); err != nil {
			return blob{}, unexpected(err)
		}
		if _, err := r.Discard(1); err != nil {
			return blob{}, unexpected(err)
		}
		if parts[1] != "blob" {
			return blob{note: "not a file"}, nil
		}
		return blob{note: fmt.Sprintf("%d bytes, more than the %d allowed", size, maxBlob)}, nil
	}
	data := make([]byte, size+1)
	if _, err := io.ReadFull(r, data); err != nil {
		return blob{}, unexpected(err)
	}
	return decode(data[:size]), nil
}

// decode reads a result file of any age: of its fields those that a history
// shows, whatever else is in it.
func decode(data []byte) blob {
	nan := archive.Number(math.NaN())
	r := struct {
		Key       string         `json:"key"`
		Status    archive.Status `json:"status"`
		Reason    string         `json:"reason"`
		Raw       archive.Number `json:"raw"`
		Score     archive.Number `json:"score"`
		Unclipped archive.Number `json:"unclipped"`
	}{Raw: nan, Score: nan, Unclipped: nan}
	if err := json.Unmarshal(data, &r); err != nil {
		return blob{note: "not a result: " + clean(strings.TrimPrefix(err.Error(), "json: "), 200)}
	}
	switch r.Status {
	case archive.Scored, archive.Failed, archive.NotApplicable:
	default:
		return blob{note: "not a result: " + clean(fmt.Sprintf("the status is %q", r.Status), 200)}
	}
	return blob{status: r.Status, reason: clean(r.Reason, 300), key: clean(r.Key, 100), raw: r.Raw, score: r.Score, unclipped: r.Unclipped}
}
