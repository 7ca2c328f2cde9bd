// Command generate writes the models that bsgen ships into their submissions:
// OUT/<id>/model.onnx, the same bytes every time. It prints what the manifests
// pin.
//
// With -hmax-seed it writes that one model instead, with other patches.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bsgen/bsgen/systemmodel/zoo"
)

func main() {
	out := flag.String("out", "submissions", "`folder` of the submissions")
	seed := flag.Uint64("hmax-seed", 0, "write hmax-imprint with the patches of this `seed` alone")
	flag.Parse()
	models := zoo.All()
	if *seed != 0 {
		models = []zoo.Generated{{ID: fmt.Sprintf("hmax-imprint-seed%d", *seed), Model: func() ([]byte, error) { return zoo.HMAX(*seed) }}}
	}
	for _, m := range models {
		if err := write(*out, m); err != nil {
			fmt.Fprintln(os.Stderr, "generate:", err)
			os.Exit(1)
		}
	}
}

func write(out string, m zoo.Generated) error {
	model, err := m.Model()
	if err != nil {
		return err
	}
	path := filepath.Join(out, m.ID, "model.onnx")
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(path, model, 0o666); err != nil {
		return err
	}
	fmt.Printf("%s: {file: model.onnx, sha256: %x, bytes: %d}\n", path, sha256.Sum256(model), len(model))
	return nil
}
