package archive

import (
	"bytes"
	"testing"
)

// FuzzSidecarHeader: the fast way to read the header takes what is written, and
// gives what JSON gives.
func FuzzSidecarHeader(f *testing.F) {
	written := string(appendSidecarHeader(nil, 500, 12))
	if a, b, ok := writtenHeader([]byte(written)); !ok || a != 500 || b != 12 {
		f.Fatalf("%d and %d, %t of %s", a, b, ok, written)
	}
	f.Add([]byte(written))
	for _, line := range []string{
		`{"schema":1,"blocks":[{"name":"replicates","n":+5},{"name":"units","n":0}]}`,
		`{"schema":1,"blocks":[{"name":"replicates","n":05},{"name":"units","n":-0}]}`,
		`{"schema":1,"blocks":[{"name":"replicates","n":-5},{"name":"units","n":-1}]}`,
		`{"schema":2,"blocks":[{"name":"replicates","n":5},{"name":"units","n":1}]}`,
		`{"schema":1,"blocks":[{"name":"replicates","n":5},{"name":"units","n":1}]} `,
		`{"schema":1,"blocks":[{"name":"replicates","n":},{"name":"units","n":}]}`,
		`{"blocks":[{"n":5,"name":"replicates"},{"name":"units","n":1}],"schema":1}`,
		``,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		a, b, ok := writtenHeader(line)
		if !ok {
			return
		}
		spaced := bytes.Replace(line, []byte(`{`), []byte(`{ `), 1) // which only JSON takes
		if wantA, wantB, err := sidecarHeader(spaced); err != nil || a != wantA || b != wantB {
			t.Errorf("%s gives %d and %d, want %d and %d, %v", line, a, b, wantA, wantB, err)
		}
	})
}

func TestSidecarHeaders(t *testing.T) {
	data, _ := (&Sidecar{Replicates: []float32{1, 2}, Units: []float32{3}}).Encode()
	header, body, _ := bytes.Cut(data, []byte("\n"))
	for _, c := range []struct {
		old, new string
		ok       bool
	}{
		{"", "", true},
		{`{"schema"`, `{ "schema"`, true},
		{`"n":2`, `"n":3`, false},
		{`"n":2`, `"n":-2`, false},
		{`"n":2`, `"n":+2`, false},
		{`"n":2`, `"n":02`, false},
		{`"n":2`, `"n":99999999999999999999`, false},
		{`"schema":1`, `"schema":2`, false},
		{`"units"`, `"ceilings"`, false},
		{`]}`, `],"more":1}`, false},
		{`]}`, `]}{}`, false},
	} {
		changed := append(bytes.Replace(header, []byte(c.old), []byte(c.new), 1), '\n')
		s, err := DecodeSidecar(append(changed, body...))
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", changed, err)
		} else if c.ok && (len(s.Replicates) != 2 || len(s.Units) != 1 || s.Replicates[1] != 2 || s.Units[0] != 3) {
			t.Errorf("%s: %+v", changed, s)
		}
	}
}
