package site

import "github.com/bsgen/bsgen/archive"

// nodeRecord is a node of a board's tree; rows are parents before children, in the
// order of display.
type nodeRecord struct {
	Board    string         `json:"board" doc:"id of the board"`
	Node     string         `json:"node" doc:"id of the node; of a leaf that of the benchmark"`
	Parent   string         `json:"parent" doc:"id of the node above; empty at a root"`
	Title    string         `json:"title" doc:"heading of its column"`
	Kind     string         `json:"kind" doc:"node: a mean of its children; benchmark: a leaf" enum:"node,benchmark"`
	Depth    int            `json:"depth" doc:"0 at a root"`
	Counted  bool           `json:"counted" doc:"enters the mean of the node above: it is primary and some model has a score"`
	Weight   archive.Number `json:"weight" doc:"share in the mean at its root"`
	Ranked   int            `json:"ranked" doc:"models that are ranked here"`
	Snapshot string         `json:"snapshot" doc:"commit of the archive that this file was made from; empty where unknown"`
}

func (s *site) treeRecords() []nodeRecord {
	var out []nodeRecord
	for _, b := range s.boards {
		for _, n := range b.all {
			row := nodeRecord{Board: b.ID, Node: n.ID, Title: n.Title, Kind: "node", Depth: len(n.Path()), Counted: n.Counted,
				Weight: archive.Number(n.Weight()), Ranked: len(b.ranks[n].Ranked), Snapshot: s.opts.Commit}
			if n.Parent != nil {
				row.Parent = n.Parent.ID
			}
			if n.Benchmark != nil {
				row.Kind = "benchmark"
			}
			out = append(out, row)
		}
	}
	return out
}
