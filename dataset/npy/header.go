package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

const (
	magic = "\x93NUMPY"
	// maxHeader is numpy.load's own limit (max_header_size).
	maxHeader = 10000
	maxRank   = 8
)

// Header is what a file says of its array before the numbers come.
type Header struct {
	DType      DType
	Shape      []int
	Compressed bool // with Zstandard: the numbers will be held in memory as they are stored
}

// Bytes is the size of the numbers as they are stored. It is an error if a product of some of the dimensions overflows.
func (h Header) Bytes() (int64, error) { return byteSize(h.DType, h.Shape) }

// readHeader reads exactly the header of r.
func readHeader(r io.Reader) (Header, error) {
	h, err := scanHeader(r)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return h, fmt.Errorf("npy: header: %w", err)
	}
	return h, nil
}

func scanHeader(r io.Reader) (Header, error) {
	var start [len(magic) + 2]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return Header{}, err
	}
	if string(start[:len(magic)]) != magic {
		return Header{}, errors.New("not a .npy file")
	}
	version := start[len(magic)]
	var length [4]byte
	width := 4
	switch version {
	case 1:
		width = 2
	case 2, 3:
	default:
		return Header{}, fmt.Errorf("unknown version %d", version)
	}
	if _, err := io.ReadFull(r, length[:width]); err != nil {
		return Header{}, err
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n > maxHeader {
		return Header{}, fmt.Errorf("its length of %d exceeds the limit of %d", n, maxHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return Header{}, err
	}
	return parseHeader(string(text))
}

// parseHeader parses the Python dictionary in the header:
//
//	{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
func parseHeader(text string) (h Header, err error) {
	p := parser{strings.TrimRight(text, " \n")}
	if !p.take("{") {
		return h, errors.New("not a dictionary")
	}
	seen := map[string]bool{}
	for !p.take("}") {
		if len(seen) > 0 && !p.take(",") {
			return h, fmt.Errorf("no comma at %.60q", p.rest)
		}
		if p.take("}") {
			break
		}
		key, ok := p.quoted()
		if !ok || !p.take(":") {
			return h, fmt.Errorf("no key at %.60q", p.rest)
		}
		if seen[key] {
			return h, fmt.Errorf("key %.60q twice", key)
		}
		seen[key] = true
		switch key {
		case "descr":
			h.DType, err = p.dtype()
		case "fortran_order":
			err = p.order()
		case "shape":
			h.Shape, err = p.shape()
		default:
			err = fmt.Errorf("unknown key %.60q", key)
		}
		if err != nil {
			return h, err
		}
	}
	if p.rest != "" {
		return h, fmt.Errorf("%.60q after the dictionary", p.rest)
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return h, fmt.Errorf("no key %.60q", key)
		}
	}
	return h, nil
}

// parser takes tokens from the front of rest.
type parser struct{ rest string }

// take skips blanks and then token; it reports whether token was there.
func (p *parser) take(token string) bool {
	p.blanks()
	rest, ok := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return ok
}

func (p *parser) blanks() { p.rest = strings.TrimLeft(p.rest, " ") }

// quoted takes a string in single or double quotes, without escapes.
func (p *parser) quoted() (string, bool) {
	for _, quote := range []string{"'", `"`} {
		if p.take(quote) {
			s, rest, ok := strings.Cut(p.rest, quote)
			p.rest = rest
			return s, ok && !strings.Contains(s, `\`)
		}
	}
	return "", false
}

func (p *parser) dtype() (DType, error) {
	descr, ok := p.quoted()
	if !ok {
		return 0, errors.New("a structured type is not supported\nhint: save each field as an array of its own")
	}
	for t, d := range descrs {
		if d != "" && d == descr {
			return DType(t), nil
		}
	}
	switch {
	case strings.HasPrefix(descr, ">") && slices.Contains(descrs[:], "<"+descr[1:]):
		return 0, fmt.Errorf("type %.60q is big endian\nhint: numpy.save(file, x.astype('<%s'))", descr, descr[1:])
	case strings.HasPrefix(descr, "|O"):
		return 0, errors.New("pickled Python objects are not read\nhint: save a numeric array")
	}
	return 0, fmt.Errorf("type %.60q is not supported\nhint: numpy.save(file, x.astype('<f4'))", descr)
}

func (p *parser) order() error {
	switch {
	case p.take("False"):
		return nil
	case p.take("True"):
		return errors.New("the array is in Fortran order\nhint: numpy.save(file, numpy.ascontiguousarray(x))")
	}
	return fmt.Errorf("fortran_order at %.60q is neither True nor False", p.rest)
}

func (p *parser) shape() ([]int, error) {
	if !p.take("(") {
		return nil, errors.New("the shape is not a tuple")
	}
	shape := []int{}
	for !p.take(")") {
		if len(shape) > 0 && !p.take(",") {
			return nil, fmt.Errorf("no comma in the shape at %.60q", p.rest)
		}
		if p.take(")") {
			break
		}
		if len(shape) == maxRank {
			return nil, fmt.Errorf("more than %d dimensions", maxRank)
		}
		p.blanks()
		digits := 0
		for digits < len(p.rest) && '0' <= p.rest[digits] && p.rest[digits] <= '9' {
			digits++
		}
		n, err := strconv.ParseInt(p.rest[:digits], 10, 0)
		if err != nil {
			return nil, fmt.Errorf("no dimension at %.60q", p.rest)
		}
		p.rest = strings.TrimPrefix(p.rest[digits:], "L") // NumPy under Python 2 wrote 3L
		shape = append(shape, int(n))
	}
	return shape, nil
}
