package archive

import "slices"

// checkMeans reports means of boards that name what is not in the tree of the
// board, or another such mean, and leaves the names out.
func (a *Archive) checkMeans(ps *Problems) {
	for _, b := range a.Boards {
		for i := range b.Nodes {
			n := &b.Nodes[i]
			n.Mean = slices.DeleteFunc(n.Mean, func(name string) bool {
				if of, ok := b.Node(name); ok {
					if len(of.Mean) > 0 {
						ps.Add(b.File, b.doc.line("nodes", i, "mean"), "name what that mean is of", "the mean %q is of %q, which is such a mean itself", n.ID, name)
					}
					return len(of.Mean) > 0
				}
				if !slices.ContainsFunc(a.named, func(bench *Benchmark) bool { return bench.ID == name && bench.Board == b.ID }) {
					ps.Add(b.File, b.doc.line("nodes", i, "mean"), "name nodes and benchmarks of the board "+b.ID, "the mean %q is of %q, which the board %s does not have", n.ID, name, b.ID)
					return true
				}
				_, sound := a.Benchmark(name)
				return !sound
			})
		}
	}
}

// checkColumns reports columns of views that no board has, and leaves them out.
func (a *Archive) checkColumns(ps *Problems) {
	for _, b := range a.Boards {
		for i := range b.Views {
			v := &b.Views[i]
			v.Columns = slices.DeleteFunc(v.Columns, func(name string) bool {
				if _, ok := b.Node(name); ok {
					return false
				}
				if !slices.ContainsFunc(a.named, func(bench *Benchmark) bool { return bench.ID == name && bench.Board == b.ID }) {
					ps.Add(b.File, b.doc.line("views", i), "name nodes and benchmarks of the board "+b.ID, "the view %q shows %q, which the board %s does not have", v.ID, name, b.ID)
					return true
				}
				_, sound := a.Benchmark(name)
				return !sound
			})
		}
	}
}
