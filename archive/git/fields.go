package git

import (
	"bufio"
	"io"
)

// Fields splits a stream at NULs, as git writes it with -z.
type Fields struct{ r *bufio.Reader }

// NewFields returns the fields of a stream.
func NewFields(r io.Reader) Fields { return Fields{bufio.NewReaderSize(r, 64<<10)} }

// MaxField is how many bytes of a field are kept; what is longer is cut. Paths
// have at most 4 kB.
const MaxField = 8 << 10

// Next returns the next field, io.EOF at the end, and io.ErrUnexpectedEOF in
// the middle of a field.
func (f Fields) Next() (string, error) {
	var kept []byte
	for n := 0; ; {
		part, err := f.r.ReadSlice(0)
		n += len(part)
		if err == nil {
			part = part[:len(part)-1]
		}
		kept = append(kept, part[:min(len(part), MaxField-len(kept))]...)
		switch {
		case err == nil:
			return string(kept), nil
		case err == bufio.ErrBufferFull:
		case err == io.EOF && n > 0:
			return "", io.ErrUnexpectedEOF
		default:
			return "", err
		}
	}
}

// Unexpected makes the end of a stream an error.
func Unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
