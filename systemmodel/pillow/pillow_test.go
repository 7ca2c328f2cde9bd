package pillow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/color"
	"os"
	"slices"
	"testing"
)

// noise is the image of testdata/golden.py.
func noise(w, h, c int) *Image {
	m := New(w, h, c)
	x := uint32(1)
	for i := range m.Pix {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		m.Pix[i] = uint8(x)
	}
	return m
}

func digest(m *Image) string {
	sum := sha256.Sum256(m.Pix)
	return hex.EncodeToString(sum[:])
}

// TestGolden compares with Pillow itself, byte for byte.
func TestGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Grey  string `json:"grey_64x48"`
		Cases []struct {
			Channels int
			From, To [2]int
			Filter   Filter
			SHA256   string
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) != 64 {
		t.Fatalf("%d cases", len(golden.Cases))
	}
	for _, c := range golden.Cases {
		m, err := Resize(noise(c.From[0], c.From[1], c.Channels), c.To[0], c.To[1], c.Filter)
		if err != nil {
			t.Fatal(err)
		}
		if m.W != c.To[0] || m.H != c.To[1] || digest(m) != c.SHA256 {
			t.Errorf("%v -> %v, %d channels, %s: not Pillow's pixels", c.From, c.To, c.Channels, c.Filter)
		}
	}
	if got := digest(noise(64, 48, 3).Grey()); got != golden.Grey {
		t.Errorf("grey: %s, want %s", got, golden.Grey)
	}
}

func TestResizeRefuses(t *testing.T) {
	for _, c := range []struct {
		w, h int
		f    Filter
	}{{0, 5, Box}, {5, MaxSide + 1, Box}, {MaxSide, MaxSide, Box}, {5, 5, "nearest"}, {5, 5, ""}} {
		if m, err := Resize(New(2, 2, 3), c.w, c.h, c.f); err == nil {
			t.Errorf("%+v gives %d x %d", c, m.W, m.H)
		}
	}
}

// TestFromGo: every kind of image that the decoders of the standard library give.
func TestFromGo(t *testing.T) {
	r := image.Rect(3, 4, 5, 5) // bounds need not begin at 0
	images := map[string]struct {
		m    image.Image
		want []uint8
	}{}
	nrgba := image.NewNRGBA(r)
	nrgba.Set(3, 4, color.NRGBA{10, 20, 30, 0}) // transparent: the colour stays
	nrgba.Set(4, 4, color.NRGBA{40, 50, 60, 255})
	images["NRGBA"] = struct {
		m    image.Image
		want []uint8
	}{nrgba, []uint8{10, 20, 30, 40, 50, 60}}
	deep := image.NewNRGBA64(r)
	deep.Set(3, 4, color.NRGBA64{0x0aff, 0x1400, 0x1e80, 0xffff})
	images["NRGBA64"] = struct {
		m    image.Image
		want []uint8
	}{deep, []uint8{10, 20, 30, 0, 0, 0}}
	grey := image.NewGray(r)
	grey.Set(4, 4, color.Gray{77})
	images["Gray"] = struct {
		m    image.Image
		want []uint8
	}{grey, []uint8{0, 0, 0, 77, 77, 77}}
	paletted := image.NewPaletted(r, color.Palette{color.NRGBA{1, 2, 3, 9}, color.RGBA{4, 5, 6, 255}})
	paletted.SetColorIndex(4, 4, 1)
	images["Paletted"] = struct {
		m    image.Image
		want []uint8
	}{paletted, []uint8{1, 2, 3, 4, 5, 6}}
	for name, c := range images {
		m, err := FromGo(c.m)
		if err != nil {
			t.Fatal(name, err)
		}
		if m.W != 2 || m.H != 1 || !slices.Equal(m.Pix, c.want) {
			t.Errorf("%s: %d x %d %v, want %v", name, m.W, m.H, m.Pix, c.want)
		}
	}
	for name, m := range map[string]image.Image{
		"huge":   image.NewUniform(color.White), // without bounds
		"empty":  image.NewGray(image.Rect(0, 0, 0, 5)),
		"CMYK":   image.NewCMYK(r),
		"Gray16": image.NewGray16(r),
	} {
		if _, err := FromGo(m); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestCropPaste: what lies outside is black, what does not fit is cut off.
func TestCropPaste(t *testing.T) {
	m := New(2, 2, 1)
	copy(m.Pix, []uint8{1, 2, 3, 4})
	if got := m.Crop(1, -1, 2, 3).Pix; !slices.Equal(got, []uint8{0, 0, 2, 0, 4, 0}) {
		t.Error(got)
	}
	out := New(3, 1, 1)
	out.Paste(m, 2, -1)
	if !slices.Equal(out.Pix, []uint8{0, 0, 3}) {
		t.Error(out.Pix)
	}
}

func BenchmarkResize(b *testing.B) {
	m := noise(512, 512, 3)
	for b.Loop() {
		if _, err := Resize(m, 224, 224, Bilinear); err != nil {
			b.Fatal(err)
		}
	}
}
