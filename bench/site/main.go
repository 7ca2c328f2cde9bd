//go:build unix

// Command site generates an archive, and measures how `bsgen build` renders it:
// the time, the largest resident set, pages a second, and whether the bytes are the same
// again and on one processor.
//
//	go run ./bench/site -C /tmp/large -generate     # 600 models, 200 benchmarks: once
//	go run ./bench/site -C /tmp/large -runs 5
//	go run ./bench/site -C /tmp/large -against HEAD~10    # in turns with an earlier bsgen
//	go run ./bench/site -C /tmp/large -profile cpu.prof
//
// bsgen is built from the tree that the command is run in, and run as a program
// of its own, so that the figures are those that a user sees.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/bsgen/bsgen/bench/generated"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir := flag.String("C", "", "folder of the archive")
	generate := flag.Bool("generate", false, "write the archive first, into a folder that is empty or not there")
	models := flag.Int("models", generated.Large.Models, "models to generate")
	benchmarks := flag.Int("benchmarks", generated.Large.Benchmarks, "benchmarks to generate")
	runs := flag.Int("runs", 3, "builds to measure; 0: none")
	scores := flag.Bool("scores", false, "with a page for each score")
	same := flag.Bool("same", true, "compare the bytes of two builds and of one on one processor")
	against := flag.String("against", "", "a `commit` whose bsgen renders in turns with this one, whose processor may be slower at times")
	cpu := flag.String("profile", "", "render within this process instead, and write a profile of it to the `file`")
	flag.Parse()
	if *dir == "" {
		return fmt.Errorf("name the archive's folder with -C")
	}
	if *generate {
		start := time.Now()
		if err := generated.Write(*dir, generated.Options{Models: *models, Benchmarks: *benchmarks}); err != nil {
			return err
		}
		fmt.Printf("generated %d models x %d benchmarks in %.1f s\n", *models, *benchmarks, time.Since(start).Seconds())
	}
	if *cpu != "" {
		return profile(*dir, *cpu)
	}
	if *runs < 1 {
		return nil
	}
	work, err := os.MkdirTemp("", "bsgen-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	bsgen := filepath.Join(work, "bsgen")
	if err := command(ctx, "go", "build", "-o", bsgen, "./cmd/bsgen"); err != nil {
		return err
	}
	site := filepath.Join(work, "site")
	if *against != "" {
		before := filepath.Join(work, "before")
		if err := buildCommit(ctx, *against, before); err != nil {
			return err
		}
		return turns(ctx, *dir, site, before, bsgen, *runs, *scores)
	}
	var all []measured
	for i := range *runs {
		m, err := build(ctx, bsgen, *dir, site, runtime.GOMAXPROCS(0), *scores)
		if err != nil {
			return err
		}
		all = append(all, m)
		fmt.Printf("build %d: %s, %s\n", i+1, m, m.said)
	}
	fmt.Printf("median of %d on %d processors: %s\n", *runs, runtime.GOMAXPROCS(0), median(all))
	if !*same {
		return nil
	}
	first, err := digest(site)
	if err != nil {
		return err
	}
	for _, procs := range []int{runtime.GOMAXPROCS(0), 1} {
		m, err := build(ctx, bsgen, *dir, site, procs, *scores)
		if err != nil {
			return err
		}
		again, err := digest(site)
		if err != nil {
			return err
		}
		if again != first {
			return fmt.Errorf("a build with GOMAXPROCS=%d has other bytes", procs)
		}
		fmt.Printf("GOMAXPROCS=%d: the same bytes, %.2f s\n", procs, m.wall)
	}
	return nil
}

// buildCommit builds bsgen as a commit has it.
func buildCommit(ctx context.Context, commit, to string) error {
	tree := to + ".tree"
	if err := command(ctx, "git", "worktree", "add", "--detach", tree, commit); err != nil {
		return err
	}
	return errors.Join(command(ctx, "go", "build", "-C", tree, "-o", to, "./cmd/bsgen"), command(ctx, "git", "worktree", "remove", "--force", tree))
}

func command(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// turns renders with two programs in turns, so that both meet the same processor.
func turns(ctx context.Context, dir, site, before, now string, runs int, scores bool) error {
	took := map[string][]measured{}
	for i := range runs {
		for _, program := range []string{before, now} {
			m, err := build(ctx, program, dir, site, runtime.GOMAXPROCS(0), scores)
			if err != nil {
				return err
			}
			took[program] = append(took[program], m)
			fmt.Printf("%d %s: %s\n", i+1, filepath.Base(program), m)
		}
	}
	b, n := median(took[before]), median(took[now])
	fmt.Printf("medians: before %s; now %s: %.2f of the time, %.2f of the processor's\n", b, n, n.wall/b.wall, n.cpu/b.cpu)
	return nil
}

// median takes that of each quantity.
func median(all []measured) measured {
	var walls, cpus []float64
	var sizes []int64
	for _, m := range all {
		walls, cpus, sizes = append(walls, m.wall), append(cpus, m.cpu), append(sizes, m.mebibytes)
	}
	slices.Sort(walls)
	slices.Sort(cpus)
	slices.Sort(sizes)
	k := len(all) / 2
	return measured{wall: walls[k], cpu: cpus[k], mebibytes: sizes[k]}
}

// measured is what a build took.
type measured struct {
	wall, cpu float64 // seconds
	mebibytes int64   // largest resident set
	said      string  // last line that it printed but for hints
}

func (m measured) String() string {
	return fmt.Sprintf("%.2f s, %.2f s of processor, %d MiB", m.wall, m.cpu, m.mebibytes)
}

func build(ctx context.Context, bsgen, dir, site string, procs int, scores bool) (measured, error) {
	c := exec.CommandContext(ctx, bsgen, "-C", dir, "build", "--out", site, fmt.Sprintf("--scores=%t", scores))
	c.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", procs))
	start := time.Now()
	out, err := c.CombinedOutput()
	if err != nil {
		return measured{}, fmt.Errorf("%s: %w\n%s", c, err, out)
	}
	u := c.ProcessState.SysUsage().(*syscall.Rusage)
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(out)), "\n"), func(line string) bool {
		return strings.HasPrefix(line, "hint: ")
	})
	return measured{
		wall:      time.Since(start).Seconds(),
		cpu:       c.ProcessState.UserTime().Seconds() + c.ProcessState.SystemTime().Seconds(),
		mebibytes: u.Maxrss / 1024,
		said:      strings.TrimSpace(lines[len(lines)-1]),
	}, nil
}

// digest digests names and bytes of all files.
func digest(dir string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		fmt.Fprintln(h, strings.TrimPrefix(name, dir))
		_, err = io.Copy(h, f)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}
