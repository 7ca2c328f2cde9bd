package zoo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Recipe makes a model from files that others published.
type Recipe struct {
	Name    string
	Sources []string // the names that a manifest must give to files, sorted
	make    func(sources map[string][]byte) ([]byte, error)
}

var recipes = []Recipe{
	{"squeezenet-compressed", []string{"net", "prototxt"}, squeezeNet},
}

// Recipes lists what [Make] knows, by name.
func Recipes() []Recipe { return slices.Clone(recipes) }

// Make returns the ONNX file that a recipe makes: a function of the sources'
// bytes. It trusts them no more than any file; a caller pins them, and the file,
// by digest.
func Make(recipe string, sources map[string][]byte) ([]byte, error) {
	i := slices.IndexFunc(recipes, func(r Recipe) bool { return r.Name == recipe })
	if i < 0 {
		var names []string
		for _, r := range recipes {
			names = append(names, r.Name)
		}
		return nil, fmt.Errorf("unknown recipe %q; there is %s", recipe, strings.Join(names, ", "))
	}
	r := recipes[i]
	if have := slices.Sorted(maps.Keys(sources)); !slices.Equal(have, r.Sources) {
		return nil, fmt.Errorf("recipe %s has sources %s, wants %s", r.Name, strings.Join(have, ", "), strings.Join(r.Sources, ", "))
	}
	model, err := r.make(sources)
	if err != nil {
		return nil, fmt.Errorf("recipe %s: %w", r.Name, err)
	}
	return model, nil
}
