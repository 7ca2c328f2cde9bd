package archive

import (
	"slices"
	"strings"
)

// Question is a relation between two quantities that somebody claims, to be
// tested on the board's own models. The answer is printed whichever way it
// comes out.
type Question struct {
	ID      string    `yaml:"id"`    // part of the page's address
	Title   string    `yaml:"title"` // the question
	X       Quantity  `yaml:"x"`
	Y       Quantity  `yaml:"y"`
	Claim   string    `yaml:"claim"`  // what the source says, in a sentence
	Expect  string    `yaml:"expect"` // what follows for these data: see Expectations
	Source  Reference `yaml:"source"`
	Bend    float64   `yaml:"bend"`    // the value of x from which on the source sees the relation flatten; 0: it names none
	Control *Quantity `yaml:"control"` // what may explain the relation: it is taken out of both
	Caveat  string    `yaml:"caveat"`  // what a reader must know beside the answer

	// Match ties models of this board to the same networks on the board of a
	// quantity that is on another: id here -> id there. Models with one id on
	// both are the same.
	Match map[string]string `yaml:"match"`
}

// Expectations are what a claim can say of a relation: that y rises or falls
// with x, that it rises and then flattens. Empty: nothing is claimed.
var Expectations = []string{"rises", "falls", "flattens"}

// Quantity is a number that models have: the score at a node or benchmark, the
// mean over several, or a fact of their metadata. Exactly one of Node, Mean and
// Metadata is set.
type Quantity struct {
	Title    string   `yaml:"title"`    // on an axis; the node's title where empty
	Board    string   `yaml:"board"`    // of Node or Mean, where it is another than the question's
	Node     string   `yaml:"node"`     // node or benchmark
	Mean     []string `yaml:"mean"`     // nodes or benchmarks; of models that have all of them
	Metadata string   `yaml:"metadata"` // parameters (as log10), year
}

// check reports what is wrong with the i-th question of a board apart from the
// names of nodes.
func (q *Question) check(doc document, i int, ps *Problems) {
	at := func(path ...any) int { return doc.line(append([]any{"questions", i}, path...)...) }
	if err := CheckID(q.ID); err != nil {
		ps.Add(doc.file, at("id"), "", "question: %v", err)
	}
	if q.Title == "" {
		ps.Add(doc.file, at(), "title: the question in a sentence", "the question %q has no title", q.ID)
	}
	if q.Expect != "" && !slices.Contains(Expectations, q.Expect) {
		ps.Add(doc.file, at("expect"), "one of "+strings.Join(Expectations, ", ")+"; leave it out where nothing is claimed", "expect %q does not exist", q.Expect)
	}
	if q.Expect != "" && q.Claim == "" {
		ps.Add(doc.file, at("expect"), "claim: what the source says, in a sentence", "a question expects something that no claim says")
	}
	if q.Claim != "" && q.Source.Short == "" {
		ps.Add(doc.file, at("claim"), "source: {short: \"Author et al., year\", url: https://...}", "a claim has no source")
	}
	for key, v := range q.quantities() {
		set := 0
		for _, is := range []bool{v.Node != "", len(v.Mean) > 0, v.Metadata != ""} {
			if is {
				set++
			}
		}
		switch {
		case set != 1:
			ps.Add(doc.file, at(key), "one of node: ID, mean: [ID, ID], metadata: parameters", "%s of the question %q names %d quantities, not one", key, q.ID, set)
		case v.Metadata != "" && v.Metadata != "parameters" && v.Metadata != "year":
			ps.Add(doc.file, at(key, "metadata"), "parameters or year", "metadata %q is no number", v.Metadata)
		case len(v.Mean) > 0 && v.Title == "":
			ps.Add(doc.file, at(key), "title: what the mean stands for", "the mean in %s of the question %q has no title", key, q.ID)
		}
	}
}

// quantities returns the quantities by key.
func (q *Question) quantities() map[string]*Quantity {
	out := map[string]*Quantity{"x": &q.X, "y": &q.Y}
	if q.Control != nil {
		out["control"] = q.Control
	}
	return out
}

// names returns the nodes and benchmarks of a quantity.
func (v *Quantity) names() []string {
	if v.Node != "" {
		return []string{v.Node}
	}
	return v.Mean
}

// checkQuestions leaves out questions that are malformed or name what does not
// exist, once boards and benchmarks are known; the board stays.
func (a *Archive) checkQuestions(ps *Problems) {
	for _, b := range a.Boards {
		seen := map[string]bool{}
		i := -1
		b.Questions = slices.DeleteFunc(b.Questions, func(q Question) bool {
			i++
			before := len(*ps)
			q.check(b.doc, i, ps)
			if key := strings.ToLower(q.ID); seen[key] {
				ps.Add(b.File, b.doc.line("questions", i), "keep one of them; capitals do not count", "the question %q stands twice", q.ID)
			} else {
				seen[key] = true
			}
			return len(*ps) > before || !a.hasQuantities(b, &q, i, ps)
		})
	}
}

// hasQuantities reports whether the boards have what a question names. What is
// there and has a problem of its own makes no other problem.
func (a *Archive) hasQuantities(b *Board, q *Question, i int, ps *Problems) bool {
	ok := true
	for key, v := range q.quantities() {
		board := b
		if v.Board != "" && v.Board != b.ID {
			if board, _ = a.Board(v.Board); board == nil {
				if ok = false; !a.exists("boards/" + v.Board + ".yaml") {
					ps.Add(b.File, b.doc.line("questions", i, key, "board"), "name one of boards/", "there is no board %q", v.Board)
				}
				continue
			}
		}
		for _, name := range v.names() {
			if _, node := board.Node(name); node {
				continue
			}
			if !slices.ContainsFunc(a.named, func(bench *Benchmark) bool { return bench.ID == name && bench.Board == board.ID }) {
				ok = false
				ps.Add(b.File, b.doc.line("questions", i, key), "name a node or a benchmark of the board "+board.ID, "the question %q names %q, which the board %s does not have", q.ID, name, board.ID)
			} else if _, sound := a.Benchmark(name); !sound {
				ok = false
			}
		}
	}
	return ok
}
