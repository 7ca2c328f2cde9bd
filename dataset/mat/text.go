package mat

import (
	"bytes"
	"fmt"
	"unicode/utf16"
)

// maxLetters bounds a char array that is turned into strings, which take up to 20 times its space.
const maxLetters = 1 << 22

// Text returns the text of a char array with at most one row; an empty array is the empty string. A char matrix with
// several rows is an error: see [Array.Rows].
func (a *Array) Text() (string, error) {
	rows, err := a.Rows()
	if err != nil {
		return "", err
	}
	switch len(rows) {
	case 0:
		return "", nil
	case 1:
		return rows[0], nil
	}
	return "", fmt.Errorf("mat: a %s array has several rows", a.describe())
}

// Rows returns the rows of a char matrix with the spaces that MATLAB pads them with; there are none in an empty matrix. Letters that are not valid in the
// stored encoding become U+FFFD.
func (a *Array) Rows() ([]string, error) {
	if a.Class != Char {
		return nil, fmt.Errorf("mat: a %s array has no text", a.describe())
	}
	if len(a.Dims) != 2 {
		return nil, fmt.Errorf("mat: a %s array is not a list of texts", a.describe())
	}
	if a.Len() == 0 {
		return nil, nil
	}
	if a.Len() > maxLetters {
		return nil, fmt.Errorf("mat: a %s array is too long for a text: more than %d letters", a.describe(), maxLetters)
	}
	units, err := a.units()
	if err != nil {
		return nil, fmt.Errorf("mat: %w", err)
	}
	n, cols := a.Dims[0], a.Dims[1]
	rows := make([]string, n)
	row := make([]uint16, 0, cols)
	for r := range rows {
		row = row[:0]
		for c := range cols {
			if u := units[r+c*n]; u > 0xffff {
				row = utf16.AppendRune(row, u)
			} else {
				row = append(row, uint16(u))
			}
		}
		rows[r] = string(utf16.Decode(row))
	}
	return rows, nil
}

// units decodes the letters, as many as Dims says. MATLAB counts UTF-16 code units, so that a letter outside the basic
// plane takes two; other writers count letters.
func (a *Array) units() ([]rune, error) {
	var units []rune
	switch a.typ {
	case typeUTF8:
		units = bytes.Runes(a.data)
		if len(units) != a.Len() {
			var pairs []rune
			for _, u := range utf16.Encode(units) {
				pairs = append(pairs, rune(u))
			}
			units = pairs
		}
	case typeInt8, typeUint8:
		for _, b := range a.data {
			units = append(units, rune(b))
		}
	case typeUint16, typeInt16, typeUTF16:
		for b := a.data; len(b) >= 2; b = b[2:] {
			units = append(units, rune(a.order.Uint16(b)))
		}
	case typeUTF32:
		for b := a.data; len(b) >= 4; b = b[4:] {
			units = append(units, rune(a.order.Uint32(b)))
		}
	default:
		return nil, fmt.Errorf("%v where letters are expected", a.typ)
	}
	if len(units) != a.Len() {
		return nil, fmt.Errorf("a %s array has %d letters", a.describe(), len(units))
	}
	return units, nil
}

// cString is b up to its first zero.
func cString(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}
