// Package archive reads and writes the files that a leaderboard repository
// keeps in git: submissions, benchmarks, boards, the site's settings and the
// results.
//
// Layout, relative to the archive's root:
//
//	submissions/<model>/model.yaml                       who, what, and how the model responds
//	benchmarks/<benchmark>/benchmark.yaml, README.md     stimuli, measurements, metric, ceiling
//	benchmarks/<benchmark>/samples.png                   some of the stimuli, where the licence allows
//	results/<model>/<benchmark>@<version>.json, .bin     one score and its replicates
//	boards/<board>.yaml                                  the inner nodes of a benchmark tree
//	site.yaml                                            title, allowed hosts, visibility
//
// # Strictness
//
// Submissions come from strangers, so parsing is strict: unknown and duplicate
// keys, fractions where a whole number belongs, paths that leave their folder
// and URLs to hosts that site.yaml does not list are refused. Nothing panics
// and nothing stops at the first mistake: [Open] returns what is sound together
// with a [Problem] for everything that is not, each with file, line and a hint.
//
// # Compatibility
//
// The schema of a result is versioned by its field "schema" ([ResultSchema]).
// Fields are only ever added within a schema; a reader ignores none of them,
// because an unknown field means a newer writer.
package archive
