// Package screen places a stimulus in a model's field of view, so that models,
// animals and people see it at the same size: exactly as Brain-Score does
// (brainscore_vision.benchmark_helpers.screen.place_on_screen).
package screen

import (
	"fmt"
	"math"

	"github.com/bsgen/bsgen/systemmodel/pillow"
)

// Grey is what surrounds a stimulus that is smaller than the field of view, in
// every channel.
const Grey = 128

// Place returns what a model sees of a stimulus that was shown stimulusDegrees
// wide, where its field of view is modelDegrees wide. The stimulus is never
// resampled here: the canvas has
//
//	round(modelDegrees / stimulusDegrees * side)
//
// pixels a side, halves rounded to even. A larger canvas is grey with the stimulus
// in its middle; from a smaller one the stimulus's margins are cut off. Offsets
// are round((canvas - side) / 2), halves to even too. Equal degrees give the image itself.
//
// Degrees must be positive. It is an error where the canvas would have no pixel
// or more than the package pillow takes.
func Place(m *pillow.Image, stimulusDegrees, modelDegrees float64) (*pillow.Image, error) {
	if !(stimulusDegrees > 0) || !(modelDegrees > 0) || math.IsInf(stimulusDegrees, 0) || math.IsInf(modelDegrees, 0) {
		return nil, fmt.Errorf("place an image of %g degrees in a field of %g: both must be positive", stimulusDegrees, modelDegrees)
	}
	ratio := modelDegrees / stimulusDegrees
	if ratio == 1 {
		return m, nil
	}
	fw, fh := math.RoundToEven(float64(m.W)*ratio), math.RoundToEven(float64(m.H)*ratio)
	if fw > pillow.MaxSide || fh > pillow.MaxSide {
		return nil, fmt.Errorf("%g degrees in a field of %g would make an image of %g x %g pixels: sides of up to %d are taken", stimulusDegrees, modelDegrees, fw, fh, pillow.MaxSide)
	}
	w, h := int(fw), int(fh)
	if err := pillow.CheckSize(w, h); err != nil {
		return nil, fmt.Errorf("%g degrees in a field of %g: %w", stimulusDegrees, modelDegrees, err)
	}
	if ratio < 1 {
		return m.Crop(half(m.W-w), half(m.H-h), w, h), nil
	}
	canvas := pillow.New(w, h, m.C)
	for i := range canvas.Pix {
		canvas.Pix[i] = Grey
	}
	canvas.Paste(m, half(w-m.W), half(h-m.H))
	return canvas, nil
}

// half returns n/2, halves rounded to even.
func half(n int) int { return int(math.RoundToEven(float64(n) / 2)) }
