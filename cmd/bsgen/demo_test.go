package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// The demo serves its site until it is told to end.
func TestDemoServes(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out, w := io.Pipe()
	code := make(chan int, 1)
	go func() {
		args := []string{"demo", "--out", filepath.Join(t.TempDir(), "demo"), "--addr", "127.0.0.1:0"}
		code <- run(ctx, args, strings.NewReader(""), w, io.Discard)
		w.Close()
	}()
	served := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "http://127.0.0.1:") {
			continue
		}
		served = true
		resp, err := http.Get(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(page), "simulated data") {
			t.Errorf("%s, %v: %.200s", resp.Status, err, page)
		}
		cancel()
	}
	if c := <-code; c != exitOK || !served {
		t.Errorf("exit code %d, served %v", c, served)
	}
}
