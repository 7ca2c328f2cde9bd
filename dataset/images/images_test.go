package images

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/dataset"
)

// picture is a PNG of one colour.
func picture(t testing.TB, w, h int, v uint8) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = v
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type member struct {
	name string
	data []byte
	mode fs.FileMode
}

func zipOf(t testing.TB, members ...member) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		h.SetMode(m.mode | 0o644)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func TestZip(t *testing.T) {
	r := zipOf(t,
		member{"set/", nil, fs.ModeDir}, member{"set/image0002.png", picture(t, 3, 2, 7), 0},
		member{"set/image0001.PNG", picture(t, 1, 1, 9), 0}, member{"README.txt", []byte("x"), 0},
		member{"__MACOSX/set/image0001.png", []byte("junk"), 0}, member{"set/.DS_Store", []byte("junk"), 0})
	s, err := Zip(r, r.Size(), regexp.MustCompile(`^image(\d+)\.(?i:png)$`))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Names(); !slices.Equal(got, []string{"0001", "0002"}) {
		t.Fatal(got)
	}
	m, err := s.Image("0002")
	if err != nil || m.W != 3 || m.H != 2 || m.C != 3 || m.Pix[17] != 7 {
		t.Errorf("%+v, %v", m, err)
	}
	if data, ext, err := s.File("0001"); err != nil || ext != ".png" || !bytes.Equal(data, picture(t, 1, 1, 9)) {
		t.Errorf("%d bytes, %s, %v", len(data), ext, err)
	}
	if got := s.Missing([]string{"0003", "0001"}); !slices.Equal(got, []string{"0003"}) {
		t.Error(got)
	}
	if _, err := s.Image("0003"); err == nil {
		t.Error("an image that is not there has no error")
	}
}

// TestDigest: the digest is that of a listing that other tools can make, and of
// no property of the files.
func TestDigest(t *testing.T) {
	set := func(members ...member) *Set {
		t.Helper()
		r := zipOf(t, members...)
		s, err := Zip(r, r.Size(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	got, err := set(member{"b.png", picture(t, 2, 1, 7), 0}, member{"a.png", picture(t, 1, 1, 9), 0}).Digest()
	if err != nil {
		t.Fatal(err)
	}
	listing := fmt.Sprintf("%x 1 1 a\n%x 2 1 b\n", sha256.Sum256([]byte{9, 9, 9}), sha256.Sum256([]byte{7, 7, 7, 7, 7, 7}))
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte(listing))); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if other, err := set(member{"x/a.png", append(picture(t, 1, 1, 9), "trailing bytes"...), 0}, member{"b.png", picture(t, 2, 1, 7), 0}).Digest(); err != nil || other != got {
		t.Errorf("other files with the same pixels: %s, %v", other, err)
	}
	for name, s := range map[string]*Set{
		"value": set(member{"a.png", picture(t, 1, 1, 9), 0}, member{"b.png", picture(t, 2, 1, 8), 0}),
		"shape": set(member{"a.png", picture(t, 1, 1, 9), 0}, member{"b.png", picture(t, 1, 2, 7), 0}),
		"name":  set(member{"a.png", picture(t, 1, 1, 9), 0}, member{"c.png", picture(t, 2, 1, 7), 0}),
	} {
		if other, err := s.Digest(); err != nil || other == got {
			t.Errorf("another %s has the same digest (%v)", name, err)
		}
	}
	if _, err := set(member{"a.png", picture(t, 1, 1, 9), 0}, member{"b.png", []byte("no image"), 0}).Digest(); err == nil || !strings.Contains(err.Error(), "image b: ") {
		t.Errorf("an image that does not decode: %v", err)
	}
}

// TestJPEG: this is what Go decodes a JPEG with subsampled colour to. Where it
// fails after an upgrade of Go, the pins of benchmarks fail too: pin anew, raise
// executionVersion in evaluate, and score the models that are run again.
func TestJPEG(t *testing.T) {
	data, err := os.ReadFile("testdata/subsampled.jpg")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	const want = "b9e463c8381b02068e0f7e1d2ef98bb2b686a4c761121bb001c6f51f738e79b9"
	if got := Pixels(m); got != want || m.W != 47 || m.H != 33 {
		t.Errorf("%d x %d, pixels %s, want %s", m.W, m.H, got, want)
	}
}

func TestZipRefuses(t *testing.T) {
	good := picture(t, 1, 1, 1)
	bomb := announce(t, zipOf(t, member{"bomb.png", good, 0}), MaxFile+1)
	for name, c := range map[string]struct {
		r    *bytes.Reader
		want string
	}{
		"no zip":    {bytes.NewReader(good), "not a zip file"},
		"empty":     {zipOf(t), "no image"},
		"only text": {zipOf(t, member{"set/", nil, fs.ModeDir}), "no image"},
		"link":      {zipOf(t, member{"a.png", []byte("/etc/passwd"), fs.ModeSymlink}), "not a regular file"},
		"twice":     {zipOf(t, member{"a/x.png", good, 0}, member{"b/x.jpg", good, 0}), "two files have the name x"},
		"bomb":      {bomb, "67108865 bytes"},
	} {
		if _, err := Zip(c.r, c.r.Size(), nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// announce changes the size that a zip file's directory gives for its one file.
func announce(t testing.TB, r *bytes.Reader, size uint32) *bytes.Reader {
	t.Helper()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	entry := bytes.LastIndex(data, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(data[entry+24:], size) // APPNOTE.TXT 4.3.12
	return bytes.NewReader(data)
}

// TestZipLies: the size that a zip file's directory announces is not believed.
func TestZipLies(t *testing.T) {
	r := announce(t, zipOf(t, member{"a.png", make([]byte, 1000), 0}), 10)
	s, err := Zip(r, r.Size(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Image("a"); err == nil {
		t.Error("no error")
	}
}

// TestDecode: the header of an image is checked before its pixels are made.
func TestDecode(t *testing.T) {
	huge := picture(t, 1, 1, 1)
	copy(huge[16:24], []byte{0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20}) // 20,000 x 20,000; the checksum is fixed below
	fixCRC(huge)
	truncated := picture(t, 50, 50, 3)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":     {nil, "not a PNG, JPEG or GIF file"},
		"text":      {[]byte("hello"), "not a PNG, JPEG or GIF file"},
		"huge":      {huge, "20000 x 20000 pixels"},
		"truncated": {truncated[:len(truncated)-30], "png"},
	} {
		if _, err := Decode(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if m, err := Decode(picture(t, 1, 1, 5)); err != nil || m.Pix[0] != 5 {
		t.Errorf("one pixel: %v, %v", m, err)
	}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), picture(t, 2, 2, 8), 0o644); err != nil {
		t.Fatal(err)
	}
	sha := strings.Repeat("0", 64)
	base, hosts := "https://raw.githubusercontent.com/lab/set/", dataset.DefaultHosts
	entries, err := List("stimuli.csv", fmt.Appendf(nil, "stimulus,path,sha256,bytes\na,dog/a.png,%s,75\n", sha), base, hosts)
	if err != nil {
		t.Fatal(err)
	}
	if e := entries[0]; e.Name != "a" || e.URL != base+"dog/a.png" || e.Bytes != 75 {
		t.Errorf("%+v", e)
	}
	s, err := Files(entries, func(Entry) (string, error) { return filepath.Join(dir, "x"), nil })
	if err != nil {
		t.Fatal(err)
	}
	if m, err := s.Image("a"); err != nil || m.Pix[0] != 8 {
		t.Errorf("%v, %v", m, err)
	}
	gone := errors.New("gone")
	if _, err := Files(entries, func(Entry) (string, error) { return "", gone }); !errors.Is(err, gone) {
		t.Error(err)
	}
	for row, want := range map[string]string{
		"":                              "lists no image",
		"a,../a.png," + sha + ",75":     "stimuli.csv:2: the path ../a.png",
		"a,/a.png," + sha + ",75":       "stays in its folder",
		"a,a.png?x=1," + sha + ",75":    "stays in its folder",
		"a,a/../b.png," + sha + ",75":   "stays in its folder",
		"a,a.png," + sha + ",0":         `stimuli.csv:2: "0" is no size`,
		"a,a.png," + sha + ",999999999": "is no size",
		"a,a.png,ab,75":                 "64 lower-case hexadecimal digits",
		"a,a.png," + sha + ",75\na,b.png," + sha + ",75": "stimuli.csv:3: the stimulus a stands on line 2 already",
		"a,a.png," + sha + ",75\nb,a.png," + sha + ",75": "the path a.png stands on line 2 already",
	} {
		if _, err := List("stimuli.csv", []byte("stimulus,path,sha256,bytes\n"+row), base, hosts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", row, err, want)
		}
	}
	if _, err := List("stimuli.csv", []byte("stimulus,path,sha256\n"), base, hosts); err == nil {
		t.Error("a missing column has no error")
	}
}

// TestMat reads the 92 objects of Kriegeskorte et al. (2008).
func TestMat(t *testing.T) {
	found, _ := filepath.Glob(filepath.Join(os.Getenv("BSGEN_DATA_MIRROR"), "rsagroup/rsatoolbox/*/demos/92imageData/Kriegeskorte_Neuron2008_supplementalData.mat"))
	if len(found) == 0 {
		t.Skip("BSGEN_DATA_MIRROR does not have the 92 objects")
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	s, err := Mat(data, "stimuli_92objs.image")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.Names()); n != 92 || s.Names()[91] != "092" {
		t.Errorf("%d images, the last is %s", n, s.Names()[n-1])
	}
	m, err := s.Image("001")
	if err != nil || m.W != 175 || m.H != 175 {
		t.Fatalf("%v, %v", m, err)
	}
	// scipy.io.loadmat(...)["stimuli_92objs"][0, 0]["image"][80, 90], row 80, column 90, and [90, 80]
	if a, b := m.At(90, 80), m.At(80, 90); !slices.Equal(a, []uint8{156, 107, 74}) || !slices.Equal(b, []uint8{117, 74, 19}) {
		t.Errorf("pixels %v, %v", a, b)
	}
	file, ext, err := s.File("001")
	if err != nil || ext != ".png" {
		t.Fatal(ext, err)
	}
	if again, err := Decode(file); err != nil || !bytes.Equal(again.Pix, m.Pix) {
		t.Errorf("the PNG has other pixels: %v", err)
	}
	for _, variable := range []string{"stimuli_92objs", "stimuli_92objs.face", "stimuli_92objs.nothing", "nothing", "categoryVectors"} {
		if _, err := Mat(data, variable); err == nil {
			t.Errorf("%s: no error", variable)
		}
	}
}

func TestFromColumns(t *testing.T) {
	// 1 x 2 pixels: red of both, then green, then blue
	m, err := fromColumns([]float64{1, 2, 3, 4, 5, 6}, 1, 2)
	if err != nil || !slices.Equal(m.Pix, []uint8{1, 3, 5, 2, 4, 6}) {
		t.Errorf("%v, %v", m.Pix, err)
	}
	for _, v := range []float64{-1, 256, .5} {
		if _, err := fromColumns([]float64{v, 0, 0}, 1, 1); err == nil {
			t.Errorf("%v is a pixel", v)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(picture(f, 3, 3, 1))
	f.Add([]byte("GIF89a"))
	f.Add([]byte{0xff, 0xd8, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(data)
		if err == nil && len(m.Pix) != m.W*m.H*3 {
			t.Errorf("%d x %d with %d bytes", m.W, m.H, len(m.Pix))
		}
	})
}

func FuzzZip(f *testing.F) {
	r := zipOf(f, member{"a.png", picture(f, 2, 2, 1), 0})
	data, _ := io.ReadAll(r)
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Zip(bytes.NewReader(data), int64(len(data)), nil)
		if err != nil {
			return
		}
		for _, n := range s.Names() {
			s.Image(n)
		}
	})
}
