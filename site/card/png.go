package card

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
)

// encoder writes pictures of sixteen colours as PNG files. image/png gives as small
// ones and takes three times as long, because it asks for every pixel by a method.
type encoder struct {
	rows  []byte       // packed, each behind the byte that names its filter: none
	data  bytes.Buffer // compressed
	flate *zlib.Writer
}

// encode returns the file of a picture whose palette has sixteen colours and whose
// width is even.
func (e *encoder) encode(img *image.Paletted) ([]byte, error) {
	width, height := img.Rect.Dx(), img.Rect.Dy()
	if e.rows == nil {
		e.rows = make([]byte, height*(1+width/2))
	}
	for y := range height {
		packed := e.rows[y*(1+width/2)+1:][:width/2]
		row := img.Pix[y*img.Stride:][:width]
		for x := range packed {
			packed[x] = row[2*x]<<4 | row[2*x+1]
		}
	}
	e.data.Reset()
	if e.flate == nil {
		e.flate = zlib.NewWriter(&e.data)
	} else {
		e.flate.Reset(&e.data)
	}
	if _, err := e.flate.Write(e.rows); err != nil {
		return nil, err
	}
	if err := e.flate.Close(); err != nil {
		return nil, err
	}
	out := []byte("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(width))
	head = binary.BigEndian.AppendUint32(head, uint32(height))
	out = chunk(out, "IHDR", append(head, 4, 3, 0, 0, 0)) // four bits, palette, deflate, filters, not interlaced
	var palette []byte
	for _, c := range img.Palette {
		rgb := color.RGBAModel.Convert(c).(color.RGBA)
		palette = append(palette, rgb.R, rgb.G, rgb.B)
	}
	out = chunk(out, "PLTE", palette)
	out = chunk(out, "IDAT", e.data.Bytes())
	return chunk(out, "IEND", nil), nil
}

func chunk(out []byte, kind string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	start := len(out)
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}
