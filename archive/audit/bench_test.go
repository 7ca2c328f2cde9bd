package audit

import (
	"bufio"
	"fmt"
	"os/exec"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// BenchmarkRun audits 10,000 commits: 8,000 by the writer, each of one result
// and its sidecar, and 2,000 merges of submissions that are 12 commits behind.
//
//	go test -run - -bench Run ./archive/audit
func BenchmarkRun(b *testing.B) {
	if _, err := exec.LookPath("git"); err != nil {
		b.Skip("git is not installed")
	}
	root := b.TempDir()
	generate(b, root)
	for b.Loop() {
		report, err := Run(b.Context(), &archive.Archive{Root: root}, nil, Options{})
		if err != nil || report.Commits != 8000 {
			b.Fatalf("%+v, %v", report, err)
		}
		// Nothing is checked out, and that is all.
		if len(report.Findings) != 1 || report.Findings[0].Rule != "uncommitted" {
			b.Fatalf("%v", report.Findings)
		}
	}
}

// generate writes a repository through `git fast-import`.
func generate(b *testing.B, root string) {
	b.Helper()
	if out, err := exec.Command("git", "-C", root, "init", "-q", "-b", "main").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	c := exec.Command("git", "-C", root, "fast-import", "--quiet")
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(in, 1<<20)
	mark := 0
	commit := func(ref, who, from, merge string, files ...string) {
		mark++
		message := "a commit"
		fmt.Fprintf(w, "commit refs/heads/%s\nmark :%d\ncommitter %s %d +0000\ndata %d\n%s\n", ref, mark, who, 1_750_000_000+60*mark, len(message), message)
		if from != "" {
			fmt.Fprintf(w, "from %s\n", from)
		}
		if merge != "" {
			fmt.Fprintf(w, "merge %s\n", merge)
		}
		for _, f := range files {
			fmt.Fprintf(w, "M 100644 inline %s\ndata 8\n%08d\n", f, mark)
		}
	}
	main := []int{}
	const ada = "Ada <ada@example.org>"
	for i := range 10_000 {
		if i%5 == 4 {
			old := ":" + fmt.Sprint(main[max(0, len(main)-12)])
			model := fmt.Sprintf("submissions/m%03d/model.yaml", i/5%500)
			commit("fork", ada, old, "", model)
			commit("main", ada, fmt.Sprint(":", mark-1), fmt.Sprint(":", mark), model)
		} else {
			from := ""
			if i > 0 {
				from = fmt.Sprint(":", main[len(main)-1])
			}
			name := fmt.Sprintf("results/m%03d/b%02d@1", i%500, i/500)
			commit("main", bot, from, "", name+".json", name+".bin")
		}
		main = append(main, mark)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	in.Close()
	if err := c.Wait(); err != nil {
		b.Fatal(err)
	}
}
