package archive

import "slices"

// parts are what was read of an archive, as far as it can be read on its own.
type parts struct {
	settings *settings
	models   modelParts
	results  map[string]resultsPart // by folder
}

// settings are what models and results are checked against: the files but for
// those of submissions, results and content.
type settings struct {
	Site       Site
	Boards     []*Board
	Benchmarks []*Benchmark
	Selections []*Benchmark
	named      []*Benchmark
	problems   Problems
}

// modelParts are the models by folder, with what they were checked against.
type modelParts struct {
	checked referable
	models  map[string]modelPart
}

// modelPart is what a folder of submissions/ holds.
type modelPart struct {
	model    *Model
	problems Problems
}

// resultsPart is what a folder of results/ holds, before it is checked against the
// rest of the archive.
type resultsPart struct {
	results  []Result
	problems Problems
}

// Renew reads the archive again after some of its parts have changed, as a
// [Watcher] names them; what they do not change is not read but taken from a, with
// the same addresses. It gives what [Open] would. The earlier archive stays as it is.
func (a *Archive) Renew(changed []string) (*Archive, Problems, error) {
	var known parts
	is := map[string]bool{}
	for _, part := range changed {
		is[part] = true
	}
	if !slices.ContainsFunc(settingParts, func(part string) bool { return is[part] }) {
		known.settings = a.parts.settings
	}
	known.models = modelParts{a.parts.models.checked, map[string]modelPart{}}
	for name, m := range a.parts.models.models {
		if !is["submissions/"+name] {
			known.models.models[name] = m
		}
	}
	known.results = map[string]resultsPart{}
	for name, r := range a.parts.results {
		if !is["results/"+name] {
			known.results[name] = r
		}
	}
	return open(a.Root, known)
}
