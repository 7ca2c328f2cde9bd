package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// Sidecar is the binary file beside a result: the bootstrap replicates, from
// which the site draws intervals of means and of differences between models,
// and the values of the units.
//
// The file is one line of JSON that lists the blocks, then the blocks: runs of
// little-endian IEEE 754 float32. NaN is a value that does not exist.
type Sidecar struct {
	Replicates []float32 // of the unclipped score, or of the raw value where there is no score
	Units      []float32 // in the order of the benchmark's units
}

// maxSidecar bounds a sidecar (64 MiB): 16 million units.
const maxSidecar = 64 << 20

type sidecarHeader struct {
	Schema int            `json:"schema"`
	Blocks []sidecarBlock `json:"blocks"`
}

type sidecarBlock struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Encode returns the file's bytes and their SHA-256.
func (s *Sidecar) Encode() (data []byte, digest string) {
	header, err := json.Marshal(sidecarHeader{ResultSchema, []sidecarBlock{{"replicates", len(s.Replicates)}, {"units", len(s.Units)}}})
	if err != nil {
		panic(err) // a struct of ints and strings
	}
	buf := append(header, '\n')
	for _, block := range [][]float32{s.Replicates, s.Units} {
		for _, x := range block {
			if x != x {
				x = float32(math.NaN()) // one bit pattern for all of them
			}
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(x))
		}
	}
	sum := sha256.Sum256(buf)
	return buf, hex.EncodeToString(sum[:])
}

// DecodeSidecar parses a sidecar.
func DecodeSidecar(data []byte) (*Sidecar, error) {
	line, rest, ok := bytes.Cut(data, []byte("\n"))
	if !ok || len(line) > 4096 {
		return nil, errors.New("sidecar: no header line")
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	var h sidecarHeader
	if err := dec.Decode(&h); err != nil {
		return nil, fmt.Errorf("sidecar: header: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("sidecar: data after the header")
	}
	if h.Schema != ResultSchema || len(h.Blocks) != 2 || h.Blocks[0].Name != "replicates" || h.Blocks[1].Name != "units" {
		return nil, errors.New("sidecar: unknown blocks")
	}
	a, b := h.Blocks[0].N, h.Blocks[1].N
	if a < 0 || b < 0 || a > maxSidecar/4 || b > maxSidecar/4 || len(rest) != 4*(a+b) {
		return nil, fmt.Errorf("sidecar: %d bytes do not hold %d replicates and %d units", len(rest), a, b)
	}
	floats := make([]float32, a+b)
	for i := range floats {
		floats[i] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:]))
	}
	return &Sidecar{Replicates: floats[:a:a], Units: floats[a:]}, nil
}
