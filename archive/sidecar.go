package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
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

func (s *Sidecar) empty() bool { return len(s.Replicates)+len(s.Units) == 0 }

// maxSidecar bounds a sidecar (64 MiB): 16 million units.
const maxSidecar = 64 << 20

// Encode returns the file's bytes and their digest.
func (s *Sidecar) Encode() (data []byte, digest SHA256) {
	buf := append(appendSidecarHeader(nil, len(s.Replicates), len(s.Units)), '\n')
	for _, block := range [][]float32{s.Replicates, s.Units} {
		for _, x := range block {
			if x != x {
				x = float32(math.NaN()) // one bit pattern for all of them
			}
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(x))
		}
	}
	return buf, sha256.Sum256(buf)
}

// DecodeSidecar parses a sidecar.
func DecodeSidecar(data []byte) (*Sidecar, error) {
	s := &Sidecar{}
	return s, s.decode(data, func(n int) []float32 { return make([]float32, n) })
}

// decode parses a sidecar into floats for which it asks room.
func (s *Sidecar) decode(data []byte, room func(n int) []float32) error {
	line, rest, ok := bytes.Cut(data, []byte("\n"))
	if !ok || len(line) > 4096 {
		return errors.New("sidecar: no header line")
	}
	replicates, units, err := sidecarHeader(line)
	if err != nil {
		return err
	}
	if replicates < 0 || units < 0 || replicates > maxSidecar/4 || units > maxSidecar/4 || len(rest) != 4*(replicates+units) {
		return fmt.Errorf("sidecar: %d bytes do not hold %d replicates and %d units", len(rest), replicates, units)
	}
	floats := room(replicates + units)
	for i := range floats {
		floats[i] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:]))
	}
	s.Replicates, s.Units = floats[:replicates:replicates], floats[replicates:]
	return nil
}

// The first line of a sidecar, as it is written, around its two numbers.
var (
	headerStart  = []byte(`{"schema":1,"blocks":[{"name":"replicates","n":`)
	headerMiddle = []byte(`},{"name":"units","n":`)
	headerEnd    = []byte("}]}")
)

// appendSidecarHeader appends the first line of a sidecar.
func appendSidecarHeader(b []byte, replicates, units int) []byte {
	b = append(b, headerStart...)
	b = strconv.AppendInt(b, int64(replicates), 10)
	b = append(b, headerMiddle...)
	b = strconv.AppendInt(b, int64(units), 10)
	return append(b, headerEnd...)
}

// sidecarHeader parses the first line of a sidecar.
func sidecarHeader(line []byte) (replicates, units int, err error) {
	if replicates, units, ok := writtenHeader(line); ok {
		return replicates, units, nil
	}
	var h struct {
		Schema int `json:"schema"`
		Blocks []struct {
			Name string `json:"name"`
			N    int    `json:"n"`
		} `json:"blocks"`
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&h); err != nil {
		return 0, 0, fmt.Errorf("sidecar: header: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return 0, 0, errors.New("sidecar: data after the header")
	}
	if h.Schema != ResultSchema || len(h.Blocks) != 2 || h.Blocks[0].Name != "replicates" || h.Blocks[1].Name != "units" {
		return 0, 0, errors.New("sidecar: unknown blocks")
	}
	return h.Blocks[0].N, h.Blocks[1].N, nil
}

// writtenHeader is [sidecarHeader] for a line as it is written, which is much
// faster to read. For any other ok is false.
func writtenHeader(line []byte) (replicates, units int, ok bool) {
	first, rest, _ := bytes.Cut(bytes.TrimPrefix(line, headerStart), headerMiddle)
	replicates, err1 := strconv.Atoi(string(first))
	units, err2 := strconv.Atoi(string(bytes.TrimSuffix(rest, headerEnd)))
	var room [128]byte
	return replicates, units, err1 == nil && err2 == nil && bytes.Equal(appendSidecarHeader(room[:0], replicates, units), line)
}
