// Assets makes the site's scripts: it bundles and minifies templates/*/*.js, and
// what the site uses of ECharts, into templates/dist. The outputs are committed,
// so that bsgen is built without it, and without npm.
//
//	npm ci --prefix tools/assets   # only to make echarts.js again
//	go -C tools run ./assets
package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	root, err := filepath.Abs("..")
	if err == nil {
		err = run(root, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

// run writes the outputs and prints their sizes.
func run(root string, w io.Writer) error {
	files, err := outputs(root)
	if err != nil && !errors.Is(err, errNotInstalled) {
		return err
	}
	skipped := err != nil
	dir := filepath.Join(root, filepath.FromSlash(output))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("%w (run it as `go -C tools run ./assets`)", err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(dir, name), files[name], 0o644); err != nil {
			return err
		}
		fmt.Fprintf(w, "%-22s %7d bytes, %6d with gzip\n", name, len(files[name]), zipped(files[name]))
	}
	if skipped {
		fmt.Fprintln(w, "echarts.js is left as it is: `npm ci --prefix tools/assets` gets what it is made of")
	}
	return nil
}

// zipped returns the size of data under gzip -9.
func zipped(data []byte) int {
	var n counter
	z, _ := gzip.NewWriterLevel(&n, gzip.BestCompression)
	z.Write(data)
	z.Close()
	return int(n)
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
