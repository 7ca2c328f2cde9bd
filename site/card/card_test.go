package card

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image/png"
	"math"
	"os"
	"strings"
	"testing"
)

func drawer(t testing.TB) *Drawer {
	t.Helper()
	d, err := New("#0b5fae")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var cards = map[string]Card{
	"model": {Site: "Brain-Score archive", Over: "Model", Title: "SqueezeNet 1.0", Text: "A network with the accuracy of AlexNet and a fiftieth of its weights.",
		Scale: &Scale{"Object errors 0.205, 95 % interval 0.15 to 0.29", .205, .15, .29}, Foot: "Snapshot 0123456789"},
	"benchmark": {Site: "Brain-Score archive", Over: "Benchmark", Title: "Neural predictivity, macaque V4", Text: strings.Repeat("High where the units of a model predict neurons. ", 8),
		Scale: &Scale{"44 models", math.NaN(), math.NaN(), math.NaN()}, Marks: []Point{.1, .2, .5, 2, -1, Point(math.NaN())}},
	"long":    {Site: strings.Repeat("site ", 100), Title: strings.Repeat("w", 400), Text: strings.Repeat("long ", 400), Foot: strings.Repeat("foot ", 100)},
	"nothing": {},
}

// TestPNG checks size, weight and colours, and that what was drawn before leaves no
// trace. CARD_DIR writes the pictures to look at.
func TestPNG(t *testing.T) {
	d := drawer(t)
	for name, c := range cards {
		data, err := d.PNG(c)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := drawer(t).PNG(c)
		if err != nil || !bytes.Equal(data, fresh) {
			t.Errorf("%s: a new drawer draws other bytes: %v", name, err)
		}
		if len(data) > 20_000 {
			t.Errorf("%s: %d bytes", name, len(data))
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil || img.Bounds().Dx() != Width || img.Bounds().Dy() != Height {
			t.Errorf("%s: %v, %v", name, img.Bounds(), err)
		}
		if data[24] != 4 {
			t.Errorf("%s: %d bits for a pixel, want 4", name, data[24])
		}
		if dir := os.Getenv("CARD_DIR"); dir != "" {
			if err := os.WriteFile(dir+"/card-"+name+".png", data, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestSameEverywhere holds a picture's pixels against those of another machine.
func TestSameEverywhere(t *testing.T) {
	d := drawer(t)
	if _, err := d.PNG(cards["model"]); err != nil {
		t.Fatal(err)
	}
	const want = "7196c44d7f563f63bcb1b8243906695e3d5d256207f904958f6de98df4fc96e1"
	if got := fmt.Sprintf("%x", sha256.Sum256(d.img.Pix)); got != want {
		t.Errorf("the pixels have the digest %s", got)
	}
}

func TestScaleEnds(t *testing.T) {
	d := drawer(t)
	if _, err := d.PNG(Card{Scale: &Scale{"", 7, -3, math.Inf(1)}}); err != nil {
		t.Error(err)
	}
}

func TestKnows(t *testing.T) {
	d := drawer(t)
	for text, want := range map[string]bool{"ResNet-50 (SIN), é ü – …": true, "שלום": false, "🧠": false, "模型": false, "": true} {
		if d.Knows(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestColour(t *testing.T) {
	if _, err := New("red"); err == nil {
		t.Error("a colour that is none is accepted")
	}
}

func BenchmarkPNG(b *testing.B) {
	d := drawer(b)
	for b.Loop() {
		if _, err := d.PNG(cards["model"]); err != nil {
			b.Fatal(err)
		}
	}
}
