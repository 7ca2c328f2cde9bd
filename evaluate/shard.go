package evaluate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// MaxShards is how many shards a plan may be divided into.
const MaxShards = 10000

// Shard is one of Count parts of a plan. Indices count from 0.
type Shard struct{ Index, Count int }

// ParseShard parses "i/n".
func ParseShard(s string) (Shard, error) {
	i, n, ok := strings.Cut(s, "/")
	index, err1 := strconv.Atoi(i)
	count, err2 := strconv.Atoi(n)
	if !ok || err1 != nil || err2 != nil {
		return Shard{}, fmt.Errorf("the shard %q is not written i/n, such as 0/4", s)
	}
	return newShard(index, count)
}

func newShard(index, count int) (Shard, error) {
	if count < 1 || count > MaxShards {
		return Shard{}, fmt.Errorf("%d shards: there may be 1 to %d", count, MaxShards)
	}
	if index < 0 || index >= count {
		return Shard{}, fmt.Errorf("there is no shard %d of %d: they count from 0 to %d", index, count, count-1)
	}
	return Shard{index, count}, nil
}

// String returns "i/n".
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Count) }

// Folder returns the name of the shard's folder.
func (s Shard) Folder() string { return fmt.Sprintf("shard-%d-of-%d", s.Index, s.Count) }

// The environment variables by which a scheduler names a shard.
const (
	ShardEnv  = "BSGEN_SHARD"  // "i/n", or "i" where the count stands elsewhere
	ShardsEnv = "BSGEN_SHARDS" // how many shards there are
)

// AutoShard returns the shard that the environment names. The index is the
// first that is set of
//
//	BSGEN_SHARD             "i/n" or "i"; for the matrix of a GitHub workflow
//	SLURM_ARRAY_TASK_ID     of a SLURM job array
//	JOB_COMPLETION_INDEX    of a Kubernetes Indexed Job
//
// and the number of shards is count where that is not 0, else that in
// BSGEN_SHARD, else BSGEN_SHARDS. A SLURM array that is not told the number has
// as many shards as tasks and may start at any index, but must have no holes:
// an array of what is left to do has them, and then only the number tells which
// part of the plan a task is.
func AutoShard(getenv func(string) string, count int) (Shard, error) {
	if v := getenv(ShardsEnv); count == 0 && v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return Shard{}, fmt.Errorf("%s=%s is not a number of shards", ShardsEnv, v)
		}
		count = n
	}
	if v := getenv(ShardEnv); strings.Contains(v, "/") {
		s, err := ParseShard(v)
		if err == nil && count != 0 && s.Count != count {
			err = fmt.Errorf("there are %d shards by %s=%s, and %d otherwise", s.Count, ShardEnv, v, count)
		}
		return s, err
	}
	for _, name := range []string{ShardEnv, "SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"} {
		v := getenv(name)
		if v == "" {
			continue
		}
		index, err := strconv.Atoi(v)
		switch {
		case err != nil:
			return Shard{}, fmt.Errorf("%s=%s is not an index", name, v)
		case count != 0:
			return newShard(index, count)
		case name == "SLURM_ARRAY_TASK_ID":
			return slurmShard(getenv, index)
		}
		return Shard{}, fmt.Errorf("%s=%s says which shard, and nothing of how many", name, v)
	}
	return Shard{}, errors.New("the environment names no shard: none of BSGEN_SHARD, SLURM_ARRAY_TASK_ID and JOB_COMPLETION_INDEX is set")
}

// slurmShard takes the number of shards from an array without holes.
func slurmShard(getenv func(string) string, id int) (Shard, error) {
	var v [3]int
	for i, name := range []string{"SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_COUNT"} {
		var err error
		if v[i], err = strconv.Atoi(getenv(name)); err != nil {
			return Shard{}, fmt.Errorf("%s=%s is not a number", name, getenv(name))
		}
	}
	low, high, count := v[0], v[1], v[2]
	if count != high-low+1 {
		return Shard{}, fmt.Errorf("the array's %d tasks from %d to %d have holes: set %s to the number of shards of the whole plan", count, low, high, ShardsEnv)
	}
	return newShard(id-low, count)
}

// Select returns the pairs of a shard in the plan's order. Every pair is in
// exactly one shard of a count, and the shards' costs differ little: the
// costliest pair goes first, each to the shard that has least so far (longest
// processing time first; Graham 1969, SIAM J. Appl. Math. 17, 416-429: at most
// 4/3 of the best possible). Equal costs keep the plan's order and equal loads
// fill the lower index, so that the division depends on plan and count alone.
func (p *Plan) Select(s Shard) []PlanPair {
	var pairs []PlanPair
	for i, shard := range p.divide(s.Count) {
		if shard == s.Index {
			pairs = append(pairs, p.Pairs[i])
		}
	}
	return pairs
}

// divide returns the shard of each pair.
func (p *Plan) divide(count int) []int {
	order := make([]int, len(p.Pairs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p.Pairs[j].Cost, p.Pairs[i].Cost) })
	load, shard := make([]int64, count), make([]int, len(p.Pairs))
	for _, i := range order {
		least := 0
		for s, l := range load {
			if l < load[least] {
				least = s
			}
		}
		shard[i] = least
		load[least] += p.Pairs[i].Cost
	}
	return shard
}

// Matrix returns the shards, as strings, of a plan divided into at most n:
// never more than there are pairs, and none where there are none.
func (p *Plan) Matrix(n int) []string {
	n = min(n, len(p.Pairs))
	shards := make([]string, n)
	for i := range shards {
		shards[i] = Shard{i, n}.String()
	}
	return shards
}

// FormatArray writes ascending indices as SLURM's --array takes them: 0,3,5-7.
func FormatArray(indices []int) string {
	var parts []string
	for i := 0; i < len(indices); {
		j := i
		for j+1 < len(indices) && indices[j+1] == indices[j]+1 {
			j++
		}
		part := strconv.Itoa(indices[i])
		if j > i {
			part += "-" + strconv.Itoa(indices[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ",")
}
