package leaderboard_test

import (
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/bench/generated"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/simdblas"
	"gonum.org/v1/gonum/blas/blas64"
)

// BenchmarkBoard takes a board of 100 models and 40 benchmarks through its parts.
func BenchmarkBoard(b *testing.B) {
	defer blas64.Use(blas64.Implementation())
	simdblas.Use() // as bsgen does
	dir := b.TempDir()
	if err := generated.Write(dir, generated.Options{Models: 100, Benchmarks: 40}); err != nil {
		b.Fatal(err)
	}
	a, problems, err := archive.Open(dir)
	if err != nil || len(problems) > 0 {
		b.Fatal(err, problems)
	}
	board, err := leaderboard.New(a, a.Boards[0])
	if err != nil {
		b.Fatal(err)
	}
	for _, part := range []struct {
		name string
		do   func()
	}{
		{"means", func() { leaderboard.New(a, a.Boards[0]) }},
		{"ranks", func() {
			for _, root := range board.Roots {
				for _, leaf := range root.Leaves() {
					board.Rank(leaf)
				}
			}
		}},
		{"relations", func() { board.Relations(nil) }},
		{"nearest", func() {
			for _, m := range board.Models {
				board.Nearest(m.ID, 4)
			}
		}},
	} {
		b.Run(part.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				part.do()
			}
		})
	}
}
