package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/dataset/images"
)

// zippedImages is a set of images of one colour and unlike width in a zip file.
func zippedImages(t *testing.T, files ...string) *images.Set {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, name := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(w, image.NewGray(image.Rect(0, 0, i+1, 2))); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r := bytes.NewReader(b.Bytes())
	set, err := images.Zip(r, r.Size(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func writeFolder(t *testing.T, dir string, set *images.Set, names []string, force bool) (*stimulusFolder, error) {
	t.Helper()
	f, err := newStimulusFolder(dir, set, names)
	if err != nil {
		t.Fatal(err)
	}
	return f, f.write(t.Context(), newUI(io.Discard, io.Discard), force)
}

func TestStimulusFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	set := zippedImages(t, "x/b.png", "x/a.PNG", "x/c.odd", "x/unused.png")
	names := []string{"c", "b", "a"} // no order of an alphabet
	f, err := writeFolder(t, dir, set, names, false)
	if err != nil || f.there != 0 {
		t.Fatal(f.there, err)
	}
	read := func(name string) []byte {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if got := string(read("stimuli.txt")); got != "c\nb\na\n" {
		t.Errorf("stimuli.txt is %q", got)
	}
	rows, err := csv.NewReader(bytes.NewReader(read("stimuli.csv"))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatal(rows, err)
	}
	for i, want := range [][]string{{"stimulus", "file", "width", "height", "sha256", "pixels"}, {"c", "images/c", "3", "2"}, {"b", "images/b.png", "1", "2"}, {"a", "images/a.png", "2", "2"}} {
		if i > 0 {
			data, _, err := set.File(want[0])
			if err != nil || !bytes.Equal(read(want[1]), data) {
				t.Errorf("%s is not the file as it was: %v", want[1], err)
			}
			width, _ := strconv.Atoi(want[2])
			black := make([]byte, width*2*3)
			want = append(want, fmt.Sprintf("%x", sha256.Sum256(data)), fmt.Sprintf("%x", sha256.Sum256(black)))
		}
		if !slices.Equal(rows[i], want) {
			t.Errorf("line %d: %q, want %q", i+1, rows[i], want)
		}
	}
	sums := read("stimuli.sha256")
	if want := fmt.Sprintf("%x  stimuli.txt\n", sha256.Sum256([]byte("c\nb\na\n"))); !bytes.HasPrefix(sums, []byte(want)) {
		t.Errorf("stimuli.sha256 starts with %.90q", sums)
	}
	if sha256sum, err := exec.LookPath("sha256sum"); err == nil {
		c := exec.Command(sha256sum, "--strict", "-c", "stimuli.sha256")
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil || bytes.Count(out, []byte("OK")) != 5 {
			t.Errorf("%v\n%s", err, out)
		}
	}

	// Broken off: an image and the tables are missing, one was being written.
	for _, name := range []string{"images/b.png", "stimuli.csv", "stimuli.sha256"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "images/.write-1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err = writeFolder(t, dir, set, names, false); err != nil || f.there != 2 {
		t.Errorf("%d images were there, want 2 (%v)", f.there, err)
	}
	if !bytes.Equal(read("stimuli.sha256"), sums) {
		t.Error("the folder is another after a run that went on")
	}
	if _, err := os.Stat(filepath.Join(dir, "images/.write-1")); err == nil {
		t.Error("the unfinished file is still there")
	}

	// Changed by somebody.
	if err := os.WriteFile(filepath.Join(dir, "images/b.png"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := writeFolder(t, dir, set, names, false); err == nil || !strings.Contains(err.Error(), "b.png is there with other content") {
		t.Error(err)
	}
	if _, err := writeFolder(t, dir, set, names, true); err != nil || bytes.Equal(read("images/b.png"), []byte("mine")) {
		t.Errorf("--force does not overwrite: %v", err)
	}
	// The same images in another order are another list.
	if _, err := writeFolder(t, dir, set, []string{"a", "b", "c"}, false); err == nil {
		t.Error("another order is written over the first")
	}
	// Somebody's files.
	if err := os.WriteFile(filepath.Join(dir, "images/thesis.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := writeFolder(t, dir, set, names, false); err == nil || !strings.Contains(err.Error(), "other files, such as images/thesis.txt: nothing was written") {
		t.Error(err)
	}
	if _, err := writeFolder(t, dir, set, names, true); err != nil {
		t.Error(err)
	}
	read("images/thesis.txt")
}

// TestStimulusFolderNames: files are named after stimuli where that can do no harm.
func TestStimulusFolderNames(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  string // file of the first
	}{
		{[]string{"0001", "0002"}, "images/0001.png"},
		{[]string{"cat.png", "dog"}, "images/cat.png"},
		{[]string{"cat", "cat.png"}, "images/000001.png"},
		{[]string{"cat", "CAT"}, "images/000001.png"},
		{[]string{"..", "x"}, "images/000001.png"},
		{[]string{"../../x", "y"}, "images/000001.png"},
		{[]string{"-rf", "y"}, "images/000001.png"},
		{[]string{".hidden", "y"}, "images/000001.png"},
		{[]string{"a b", "y"}, "images/000001.png"},
		{[]string{"a\nb", "y"}, "images/000001.png"},
		{[]string{"", "y"}, "images/000001.png"},
	} {
		f := &stimulusFolder{names: c.names}
		f.choose()
		if got := f.file(0, ".png"); got != c.want {
			t.Errorf("%q: %s, want %s", c.names, got, c.want)
		}
	}
	if _, err := newStimulusFolder("", zippedImages(t, "a.png"), []string{"a", "b", "c"}); err == nil || !strings.Contains(err.Error(), "2 of 3 stimuli have no image, the first is b") {
		t.Error(err)
	}
}

// TestStimuli runs the command on a benchmark of the demo whose images lie in a
// zip file.
func TestStimuli(t *testing.T) {
	lab := filepath.Join(t.TempDir(), "lab")
	bsgen := func(args ...string) (code int, out, errOut string) {
		var o, e bytes.Buffer
		code = run(t.Context(), args, strings.NewReader(""), &o, &e)
		return code, o.String(), e.String()
	}
	if code, _, errOut := bsgen("demo", "--no-serve", "--out", lab); code != exitOK {
		t.Fatal(errOut)
	}
	dir := filepath.Join(lab, "benchmarks/Simulated.V1-rdm")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := z.AddFS(os.DirFS(filepath.Join(dir, "stimuli"))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pictures.zip"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	yaml, err := os.ReadFile(filepath.Join(dir, "benchmark.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for old, replacement := range map[string]string{
		"\nstimuli:\n":  "\nstimuli:\n  reader: image-zip\n  source: pictures\n",
		"\nassembly:\n": "\nassembly:\n  sources: [animal-1, animal-2, animal-3, animal-4, animal-5]\n",
		"  animal-1: {": fmt.Sprintf("  pictures: {file: pictures.zip, sha256: %x}\n  animal-1: {", sha256.Sum256(b.Bytes())),
	} {
		if bytes.Count(yaml, []byte(old)) != 1 {
			t.Fatalf("the demo's benchmark has no single %q", old)
		}
		yaml = bytes.Replace(yaml, []byte(old), []byte(replacement), 1)
	}
	if err := os.WriteFile(filepath.Join(dir, "benchmark.yaml"), yaml, 0o644); err != nil {
		t.Fatal(err)
	}

	to := filepath.Join(t.TempDir(), "V1")
	code, out, errOut := bsgen("-C", lab, "stimuli", "Simulated.V1-rdm", "--out", to)
	list, err := os.ReadFile(filepath.Join(to, "stimuli.txt"))
	if err != nil {
		t.Fatal(code, out, errOut, err)
	}
	// What is printed belongs into model.yaml: the digest is that of the list.
	if want := fmt.Sprintf("stimuli: Simulated.V1\nstimuli_sha256: %x\n", sha256.Sum256(list)); code != exitOK || out != want {
		t.Errorf("exit code %d, printed %q, want %q", code, out, want)
	}
	pin := regexp.MustCompile("`pixels: ([0-9a-f]{64})` under stimuli in benchmarks/Simulated.V1-rdm").FindStringSubmatch(errOut)
	if pin == nil || !strings.Contains(errOut, "the 80 images of the set decode to the pixels "+pin[1]) {
		t.Fatalf("nothing to pin the pixels with:\n%s", errOut)
	}
	if n := bytes.Count(list, []byte("\n")); n != 80 || !strings.Contains(errOut, "80 images, ") {
		t.Errorf("%d stimuli\n%s", n, errOut)
	}
	if code, _, errOut := bsgen("-C", lab, "stimuli", "Simulated.V1-rdm", "--out", to); code != exitOK || !strings.Contains(errOut, "80 were there") {
		t.Errorf("again: exit code %d\n%s", code, errOut)
	}
	pinned := func(digest string) (code int, errOut string) {
		t.Helper()
		with := bytes.Replace(yaml, []byte("\nstimuli:\n"), []byte("\nstimuli:\n  pixels: "+digest+"\n"), 1)
		if err := os.WriteFile(filepath.Join(dir, "benchmark.yaml"), with, 0o644); err != nil {
			t.Fatal(err)
		}
		code, _, errOut = bsgen("-C", lab, "stimuli", "Simulated.V1-rdm", "--out", to)
		return code, errOut
	}
	if code, errOut := pinned(strings.Repeat("a", 64)); code == exitOK || !strings.Contains(errOut, "they decode to the pixels "+pin[1]+", but benchmarks/Simulated.V1-rdm/benchmark.yaml pins aaaa") || !strings.Contains(errOut, "\nhint: build bsgen with the Go version of go.mod") {
		t.Errorf("other pixels: exit code %d\n%s", code, errOut)
	}
	if code, errOut := pinned(pin[1]); code != exitOK || strings.Contains(errOut, "pins them") {
		t.Errorf("pinned pixels: exit code %d\n%s", code, errOut)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "no benchmark to write the images of\nhint: `bsgen stimuli BENCHMARK --out DIR`"},
		{[]string{"Simulated.V1-rdm"}, "--out is missing\nhint: name the folder"},
		{[]string{"simulated.v1", "--out", to}, "there is no benchmark simulated.v1\nhint: did you mean Simulated.V1-rdm?"},
		{[]string{"Simulated.orientation-error_consistency", "--out", to}, "no benchmark says where the images of Simulated.orientation are\nhint: benchmarks/"},
		{[]string{"Simulated.V1-rdm", "--out", lab}, "holds other files, such as "},
	} {
		if code, _, errOut := bsgen(append([]string{"-C", lab, "stimuli"}, c.args...)...); code != exitUsage || !strings.Contains(errOut, c.want) {
			t.Errorf("%q: exit code %d, %q, want %q", c.args, code, errOut, c.want)
		}
	}
}
