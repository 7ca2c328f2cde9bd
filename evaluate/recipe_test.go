package evaluate

import (
	"slices"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/systemmodel/zoo"
)

// A manifest may name the recipes that there are, with their sources, and no others.
func TestRecipes(t *testing.T) {
	for _, r := range zoo.Recipes() {
		if got := archive.Recipes[r.Name]; !slices.Equal(got, r.Sources) {
			t.Errorf("recipe %s: manifests give it %v, it takes %v", r.Name, got, r.Sources)
		}
	}
	if got, want := len(archive.Recipes), len(zoo.Recipes()); got != want {
		t.Errorf("manifests may name %d recipes; there are %d", got, want)
	}
}
