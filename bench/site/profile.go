//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/simdblas"
	"github.com/bsgen/bsgen/site"
)

// profile renders the archive within this process, with a profile of the
// processor's time, and prints what each part took. Ranks are made twice: by
// themselves, and again by the site.
func profile(dir, file string) error {
	simdblas.Use()
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	var a *archive.Archive
	var boards []*leaderboard.Board
	out, err := os.MkdirTemp("", "bsgen-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(out)
	for _, part := range []struct {
		name string
		do   func() error
	}{
		{"read", func() (err error) {
			a, _, err = archive.Open(dir)
			return err
		}},
		{"keys", func() error {
			_, err := evaluate.Pairs(a, evaluate.Filter{})
			return err
		}},
		{"means", func() error {
			for _, board := range a.Boards {
				b, err := leaderboard.New(a, board)
				if err != nil {
					return err
				}
				boards = append(boards, b)
			}
			return nil
		}},
		{"ranks", func() error {
			for _, b := range boards {
				for _, root := range b.Roots {
					rankBelow(b, root)
				}
			}
			boards = nil
			return nil
		}},
		{"site", func() error {
			_, err := site.Build(a, site.Options{Out: filepath.Join(out, "site"), NoScores: true})
			return err
		}},
	} {
		start, used := time.Now(), processor()
		if err := part.do(); err != nil {
			return err
		}
		fmt.Printf("%-6s %6.2f s, %6.2f s of processor, %d MB so far\n", part.name, time.Since(start).Seconds(), processor()-used, peak())
	}
	return nil
}

func rankBelow(b *leaderboard.Board, n *leaderboard.Node) {
	b.Rank(n)
	for _, c := range n.Children {
		rankBelow(b, c)
	}
}

func usage() (u syscall.Rusage) {
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it fails for no valid arguments
	return u
}

// processor returns the seconds of processor time used so far.
func processor() float64 {
	u := usage()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// peak returns the largest resident set so far in megabytes.
func peak() int64 { u := usage(); return u.Maxrss / 1024 }
