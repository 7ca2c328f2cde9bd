package evaluate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// planOf returns a plan of pairs with the costs.
func planOf(costs ...int64) *Plan {
	p := &Plan{Schema: PlanSchema}
	for i, c := range costs {
		p.Pairs = append(p.Pairs, PlanPair{Model: fmt.Sprintf("m%04d", i), Benchmark: "b", Version: 1, State: Missing, Key: fmt.Sprint(i), Cost: c})
	}
	return p
}

func TestDivide(t *testing.T) {
	for _, test := range []struct {
		costs []int64
		count int
		want  []int
	}{
		{nil, 3, []int{}},
		{[]int64{5}, 1, []int{0}},
		{[]int64{1, 1, 1}, 5, []int{0, 1, 2}},
		// By hand: 7 and 6 open the shards, 5 joins 6, 4 joins 7, and 3 finds 11
		// in both and takes the first.
		{[]int64{3, 4, 5, 6, 7}, 2, []int{0, 0, 1, 1, 0}},
		{[]int64{1, 1, 1, 1, 4}, 2, []int{1, 1, 1, 1, 0}},
	} {
		if got := planOf(test.costs...).divide(test.count); !slices.Equal(got, test.want) {
			t.Errorf("%v in %d: %v, want %v", test.costs, test.count, got, test.want)
		}
	}
}

// Every pair is in exactly one shard, and no shard is more than the costliest
// pair above the mean, which is what longest processing time first guarantees.
func TestSelect(t *testing.T) {
	var costs []int64
	var sum, most int64
	for i := range int64(500) {
		c := 1 + i*i*7919%1000 // scattered over 1 to 1000
		costs = append(costs, c)
		sum, most = sum+c, max(most, c)
	}
	p := planOf(costs...)
	for _, count := range []int{1, 2, 7, 256, 600} {
		seen := map[pairID]int{}
		for i := range count {
			load := int64(0)
			for _, pair := range p.Select(Shard{i, count}) {
				seen[pair.id()]++
				load += pair.Cost
			}
			if load > sum/int64(count)+most {
				t.Errorf("shard %d of %d takes %d, the mean is %d", i, count, load, sum/int64(count))
			}
		}
		for _, pair := range p.Pairs {
			if seen[pair.id()] != 1 {
				t.Errorf("%d shards: %s is in %d of them", count, pair, seen[pair.id()])
			}
		}
	}
}

func TestMatrix(t *testing.T) {
	for _, test := range []struct {
		pairs, n int
		want     string
	}{{0, 4, "[]"}, {3, 4, "[0/3 1/3 2/3]"}, {9, 2, "[0/2 1/2]"}} {
		if got := fmt.Sprint(planOf(make([]int64, test.pairs)...).Matrix(test.n)); got != test.want {
			t.Errorf("%d pairs, at most %d shards: %s, want %s", test.pairs, test.n, got, test.want)
		}
	}
}

func TestParseShard(t *testing.T) {
	for s, want := range map[string]Shard{"0/1": {0, 1}, "7/8": {7, 8}, "0/10000": {0, 10000}} {
		if got, err := ParseShard(s); err != nil || got != want || got.String() != s {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "1", "/", "a/2", "1/b", "1/2/3", "8/8", "-1/8", "0/0", "0/10001", "0/99999999999999999999"} {
		if got, err := ParseShard(s); err == nil {
			t.Errorf("%q: %v and no error", s, got)
		}
	}
}

func TestAutoShard(t *testing.T) {
	for _, test := range []struct {
		env   string
		count int
		want  string // the shard, or a part of the error
	}{
		{"BSGEN_SHARD=2/5", 0, "2/5"},
		{"BSGEN_SHARD=2/5 BSGEN_SHARDS=5", 0, "2/5"},
		{"BSGEN_SHARD=2/5", 4, "5 shards by BSGEN_SHARD=2/5, and 4 otherwise"},
		{"BSGEN_SHARD=2", 5, "2/5"},
		{"BSGEN_SHARD=2 BSGEN_SHARDS=5", 0, "2/5"},
		{"BSGEN_SHARD=2 BSGEN_SHARDS=5", 6, "2/6"}, // the flag wins
		{"BSGEN_SHARD=2", 0, "nothing of how many"},
		{"BSGEN_SHARD=two", 5, "BSGEN_SHARD=two is not an index"},
		{"BSGEN_SHARDS=many JOB_COMPLETION_INDEX=0", 0, "BSGEN_SHARDS=many is not a number"},
		{"BSGEN_SHARD=1/2 SLURM_ARRAY_TASK_ID=3 JOB_COMPLETION_INDEX=4", 0, "1/2"},

		{"SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=8", 0, "0/8"},
		{"SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=8 SLURM_ARRAY_TASK_COUNT=8", 0, "7/8"},
		// sbatch --array=0,3,5-7: only the number of shards tells what 5 means.
		{"SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=5", 0, "have holes: set BSGEN_SHARDS"},
		{"SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=5 BSGEN_SHARDS=8", 0, "5/8"},
		{"SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=8 SLURM_ARRAY_TASK_COUNT=8", 8, "no shard 8 of 8: they count from 0 to 7"},
		{"SLURM_ARRAY_TASK_ID=8", 0, "SLURM_ARRAY_TASK_MIN= is not a number"},

		{"JOB_COMPLETION_INDEX=3 BSGEN_SHARDS=4", 0, "3/4"},
		{"JOB_COMPLETION_INDEX=3", 4, "3/4"},
		{"JOB_COMPLETION_INDEX=3", 0, "nothing of how many"},
		{"", 4, "the environment names no shard"},
	} {
		env := map[string]string{}
		for _, kv := range strings.Fields(test.env) {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		s, err := AutoShard(func(k string) string { return env[k] }, test.count)
		got := s.String()
		if err != nil {
			got = err.Error()
		}
		if err == nil && got != test.want || !strings.Contains(got, test.want) {
			t.Errorf("%s, %d: %s, want %s", test.env, test.count, got, test.want)
		}
	}
}

func TestFormatArray(t *testing.T) {
	for _, test := range []struct {
		in   []int
		want string
	}{{nil, ""}, {[]int{4}, "4"}, {[]int{0, 3, 5, 6, 7}, "0,3,5-7"}, {[]int{0, 1}, "0-1"}, {[]int{8, 10}, "8,10"}} {
		if got := FormatArray(test.in); got != test.want {
			t.Errorf("%v: %s, want %s", test.in, got, test.want)
		}
	}
}
