// Command screenshots makes the pictures of the main pages in docs/screenshots
// again:
//
//	go -C tools/browser run ./screenshots
//
// They are those of this repository's archive, in Chromium, with colours reduced
// to a palette.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/bsgen/bsgen/tools/browser"
)

// pictures are the pages and how they are looked at.
var pictures = []struct {
	name, at string
	view     browser.View
}{
	{"leaderboard", "vision/index.html", browser.View{Width: 1280, Height: 800}},
	{"leaderboard-dark", "vision/index.html", browser.View{Width: 1280, Height: 800, Dark: true}},
	{"leaderboard-phone", "vision/index.html", browser.View{Width: 360, Height: 740}},
	{"model", "models/squeezenet1-0-deepcompression/index.html", browser.View{Width: 1280, Height: 900}},
	{"benchmark", "benchmarks/Cowley2026.V4-pls/index.html", browser.View{Width: 1280, Height: 900}},
	{"score", "scores/resnet50/Geirhos2021.edge-error_consistency@1/index.html", browser.View{Width: 1280, Height: 900}},
	{"compare", "vision/compare/index.html#models=resnet50,vgg16,alexnet", browser.View{Width: 1280, Height: 900}},
	{"relations", "brainscore-2020/relations/index.html", browser.View{Width: 1280, Height: 900}},
	{"progress", "vision/progress/index.html", browser.View{Width: 1280, Height: 900}},
}

func main() {
	out := flag.String("out", "../../docs/screenshots", "folder of the pictures")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	site, err := os.MkdirTemp("", "bsgen-screenshots-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(site)
	site = filepath.Join(site, "site")
	c := exec.Command("go", "run", "./cmd/bsgen", "build", "--out", site)
	c.Dir = "../.."
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("bsgen build: %w\n%s", err, said)
	}
	b, err := browser.Start()
	if err != nil {
		return err
	}
	defer b.Close()
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, p := range pictures {
		p.view.Reduced = true
		tab, err := b.Tab(p.view)
		if err != nil {
			return err
		}
		data, err := take(tab, "file://"+filepath.ToSlash(site)+"/"+p.at)
		tab.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if data, err = reduce(data); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := os.WriteFile(filepath.Join(out, p.name+".png"), data, 0o644); err != nil {
			return err
		}
		fmt.Printf("%s %d kB\n", p.name, len(data)>>10)
	}
	return nil
}

// take opens a page and takes its picture once nothing is left to draw.
func take(tab *browser.Tab, url string) ([]byte, error) {
	if err := tab.Open(url); err != nil {
		return nil, err
	}
	if err := tab.Settle(); err != nil {
		return nil, err
	}
	return tab.Picture()
}

// reduce writes a picture with a palette of its 256 most frequent colours.
func reduce(data []byte) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	count := map[color.NRGBA]int{}
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			count[color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)]++
		}
	}
	var colours []color.NRGBA
	for c := range count {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b color.NRGBA) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return int(a.R)<<16 + int(a.G)<<8 + int(a.B) - int(b.R)<<16 - int(b.G)<<8 - int(b.B)
	})
	var palette color.Palette
	for _, c := range colours[:min(len(colours), 256)] {
		palette = append(palette, c)
	}
	small := image.NewPaletted(r, palette)
	draw.Draw(small, r, img, r.Min, draw.Src)
	var buf bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	err = e.Encode(&buf, small)
	return buf.Bytes(), err
}
