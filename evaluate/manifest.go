package evaluate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bsgen/bsgen/archive"
)

// ManifestSchema is the version of the manifests that this package writes.
const ManifestSchema = 1

// manifestName is the file that makes a folder a shard folder.
const manifestName = "manifest.json"

// Manifest says what a shard folder holds. It is written anew after each pair,
// so a shard that was killed lists what it had done.
type Manifest struct {
	Schema   int       `json:"schema"`
	Plan     string    `json:"plan"` // the plan's digest
	Shard    int       `json:"shard"`
	Shards   int       `json:"shards"`
	Done     []Done    `json:"done"`     // in the plan's order
	Failures []Failure `json:"failures"` // in the plan's order
}

// Done is a pair with a result in the shard folder.
type Done struct {
	Model     string `json:"model"`
	Benchmark string `json:"benchmark"`
	Version   int    `json:"version"`
	Key       string `json:"key"`
	SHA256    string `json:"sha256"` // of the result, which pins its sidecar
}

// Failure is a pair that could not be scored on this machine at this time: its
// data could not be had, or its memory. Running the shard again tries again.
type Failure struct {
	Model     string `json:"model"`
	Benchmark string `json:"benchmark"`
	Version   int    `json:"version"`
	Error     string `json:"error"`
}

// outcome is what a manifest says of one pair: done where failure is "".
type outcome struct {
	sha256  string
	failure string
}

// readManifest reads the manifest of a folder and checks it against the plan:
// of this plan, and every pair one of the shard's with the key that is planned.
// Outcomes are by pair.
func readManifest(dir string, p *Plan) (Shard, map[pairID]outcome, error) {
	name := filepath.Join(dir, manifestName)
	info, err := os.Lstat(name)
	if err != nil {
		return Shard{}, nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > MaxPlan {
		return Shard{}, nil, fmt.Errorf("%s is no regular file, or too large", name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return Shard{}, nil, err
	}
	shard, outcomes, err := parseManifest(data, p)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return shard, outcomes, err
}

func parseManifest(data []byte, p *Plan) (Shard, map[pairID]outcome, error) {
	var m Manifest
	if err := decodeJSON(data, &m); err != nil {
		return Shard{}, nil, fmt.Errorf("not a manifest: %w", err)
	}
	if m.Schema != ManifestSchema {
		return Shard{}, nil, fmt.Errorf("not a manifest of schema %d: its schema is %d", ManifestSchema, m.Schema)
	}
	if m.Plan != p.Digest {
		return Shard{}, nil, fmt.Errorf("the shard is of another plan: its plan has the digest %.12s, this one %.12s", m.Plan, p.Digest)
	}
	shard, err := newShard(m.Shard, m.Shards)
	if err != nil {
		return Shard{}, nil, err
	}
	mine := map[pairID]PlanPair{}
	for _, pair := range p.Select(shard) {
		mine[pair.id()] = pair
	}
	outcomes := map[pairID]outcome{}
	add := func(id pairID, version int, o outcome) (PlanPair, error) {
		pair, ok := mine[id]
		if !ok || pair.Version != version {
			return pair, fmt.Errorf("%s on %s@%d is no pair of shard %s", id.model, id.benchmark, version, shard)
		}
		if _, twice := outcomes[id]; twice {
			return pair, fmt.Errorf("%s stands there twice", pair)
		}
		outcomes[id] = o
		return pair, nil
	}
	for _, d := range m.Done {
		pair, err := add(pairID{d.Model, d.Benchmark}, d.Version, outcome{sha256: d.SHA256})
		if err == nil && d.Key != pair.Key {
			err = fmt.Errorf("%s: its key is %.12s, the plan has %.12s", pair, d.Key, pair.Key)
		}
		if err != nil {
			return Shard{}, nil, err
		}
	}
	for _, f := range m.Failures {
		pair, err := add(pairID{f.Model, f.Benchmark}, f.Version, outcome{failure: f.Error})
		if err == nil && f.Error == "" {
			err = fmt.Errorf("%s failed without a reason", pair)
		}
		if err != nil {
			return Shard{}, nil, err
		}
	}
	return shard, outcomes, nil
}

// encodeManifest returns the manifest of a shard's outcomes.
func encodeManifest(p *Plan, s Shard, pairs []PlanPair, outcomes map[pairID]outcome) []byte {
	m := Manifest{Schema: ManifestSchema, Plan: p.Digest, Shard: s.Index, Shards: s.Count, Done: []Done{}, Failures: []Failure{}}
	for _, pair := range pairs {
		switch o, ok := outcomes[pair.id()]; {
		case !ok:
		case o.failure != "":
			m.Failures = append(m.Failures, Failure{pair.Model, pair.Benchmark, pair.Version, o.failure})
		default:
			m.Done = append(m.Done, Done{pair.Model, pair.Benchmark, pair.Version, pair.Key, o.sha256})
		}
	}
	return encodeJSON(m)
}

// readDone reads the result of a pair that is done and checks it against the
// manifest's digest and the planned key.
func readDone(dir string, pair PlanPair, o outcome) (*archive.ResultFiles, error) {
	f, err := (&archive.Archive{Root: dir}).ReadResult(pair.Model, pair.Benchmark, pair.Version)
	if err != nil {
		return nil, err
	}
	if got := digest(f.Data); got != o.sha256 {
		return nil, fmt.Errorf("%s has the SHA-256 %.12s, the manifest says %.12s",
			archive.ResultPath(pair.Model, pair.Benchmark, pair.Version), got, o.sha256)
	}
	if f.Result.Key != pair.Key {
		return nil, fmt.Errorf("%s has the key %.12s, the plan has %.12s",
			archive.ResultPath(pair.Model, pair.Benchmark, pair.Version), f.Result.Key, pair.Key)
	}
	return f, nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
