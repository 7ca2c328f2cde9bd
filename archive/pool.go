package archive

import (
	"reflect"
	"strings"
)

// pool keeps what many results are made of: one copy of each text that they
// share, and their small parts side by side in long arrays. A hundred thousand
// results are then a few thousand objects to the garbage collector.
type pool struct {
	last       Result // whose texts the next result probably has too
	texts      map[string]string
	provenance map[string]*Provenance // as the next three, by how the file writes it
	ceilings   map[string]ResultCeiling
	engines    map[string]*Engine
	data       map[string]map[string]string // Inputs.Data

	keys     textArena
	numbers  arena[Number]
	details  arena[Detail]
	layers   arena[Layer]
	warnings arena[string]
	refs     arena[SidecarRef]
	floats   arena[float32]

	scratch struct { // what the next result overwrites
		numbers  []Number
		details  []Detail
		layers   []Layer
		warnings []string
	}
}

func newPool() *pool {
	return &pool{
		texts: map[string]string{}, provenance: map[string]*Provenance{}, ceilings: map[string]ResultCeiling{}, engines: map[string]*Engine{},
		data: map[string]map[string]string{},
	}
}

// text returns the one copy of a text.
func (p *pool) text(b []byte) string {
	s, ok := p.texts[string(b)]
	if !ok {
		s = string(b)
		p.texts[s] = s
	}
	return s
}

// arena hands out pieces of long arrays.
type arena[T any] struct {
	free []T
	size int // of the last array
}

// maxArena bounds the arrays, in bytes: what is left over at the end of one is lost.
const maxArena = 1 << 18

// take returns n zero values, not nil, that nobody else has.
func (a *arena[T]) take(n int) []T {
	if n == 0 {
		return []T{} // keeps no array
	}
	if n > len(a.free) || a.free == nil {
		most := maxArena / int(reflect.TypeFor[T]().Size())
		if n > most/8 { // or much would be left over
			return make([]T, n)
		}
		a.size = max(n, min(max(2*a.size, 16), most)) // a small archive needs little
		a.free = make([]T, a.size)
	}
	out := a.free[:n:n]
	a.free = a.free[n:]
	return out
}

// keep returns a copy of a slice.
func (a *arena[T]) keep(x []T) []T {
	out := a.take(len(x))
	copy(out, x)
	return out
}

// textArena is an arena of texts.
type textArena struct{ b strings.Builder }

// keep returns a copy of a text.
func (a *textArena) keep(text []byte) string {
	if a.b.Cap()-a.b.Len() < len(text) {
		size := min(max(2*a.b.Cap(), 256), maxArena)
		a.b.Reset() // earlier texts keep the array that they are in
		a.b.Grow(max(len(text), size))
	}
	from := a.b.Len()
	a.b.Write(text)
	return a.b.String()[from:]
}
