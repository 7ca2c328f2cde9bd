package onnx

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// The bounds on what Inspect reads. A file beyond them is an error.
const (
	MaxBytes = 1 << 30 // of a file; protobuf itself ends at 2 GiB
	maxDepth = 16      // of graphs inside graphs
	maxItems = 1 << 20 // of nodes, names, dimensions and tensors together
	maxName  = 1 << 10 // bytes of a name
)

// ortMagic at byte 4 makes ONNX Runtime take a file for its own format, a
// FlatBuffer, whatever else the file is. What is inspected as one thing and run as
// another is not inspected at all.
const ortMagic = "ORTM"

// Info is what a file says about its model.
type Info struct {
	IR       int64   // version of the format
	Opset    int64   // version of the standard operators; 0 where the file does not say
	Opsets   []Opset // all sets of operators that the file names, sorted by domain
	Producer string

	Inputs  []Value  // of the main graph, without those that an initializer fills
	Outputs []Value  // of the main graph
	Tensors []Tensor // that the nodes of the main graph put out, in graph order

	// Ops counts the operators of the main graph, of graphs inside it and of
	// functions, sorted by domain and name.
	Ops []Op
	// Functions are operators that the file itself defines, sorted.
	Functions []string

	Initializers      int   // constants of the main graph
	InitializerValues int64 // elements of all constants, by their stated dimensions
	LargestTensor     int64 // elements of the largest constant anywhere
	Training          bool  // there is training information, which no scorer runs

	// External names the tensors, anywhere in the file, whose data the file says
	// are in another file.
	External []string
}

// Opset is a set of operators with its version. The standard's domain is "".
type Opset struct {
	Domain  string
	Version int64
}

// Op is an operator and how many nodes call it. The standard's domain is "".
type Op struct {
	Domain, Type string
	Nodes        int
}

// Tensor is a tensor that a node puts out.
type Tensor struct {
	Name string
	Op   string // the operator of the node
}

// Value is an input or output of a graph.
type Value struct {
	Name string
	Elem Type // 0 is not stated, or not a tensor
	// Shape has -1 for a size that is free, such as the batch; it is nil where the
	// file states none.
	Shape []int64
}

// Inspect reads what a file says about its model, without its weights. It returns
// an *Error where the bytes are not a model or break a bound, and never panics.
func Inspect(model []byte) (*Info, error) {
	if len(model) >= 8 && string(model[4:8]) == ortMagic {
		return nil, &Error{What: "the file is in the format of ONNX Runtime, not in ONNX", Hint: "submit the .onnx file that the .ort file was made from"}
	}
	if len(model) > MaxBytes {
		return nil, &Error{What: fmt.Sprintf("the file has %d bytes, more than %d", len(model), MaxBytes)}
	}
	w := walker{info: &Info{}, ops: map[Op]int{}, opsets: map[string]int64{}}
	if err := w.model(model); err != nil {
		return nil, &Error{What: "not a readable ONNX file: " + err.Error(), Hint: "export the model again, and check it with onnx.checker.check_model"}
	}
	return w.done(), nil
}

// walker gathers an Info.
type walker struct {
	info    *Info
	items   int
	ops     map[Op]int
	opsets  map[string]int64
	graphs  int // main graphs seen; several merge
	filled  map[string]bool
	tensors map[string]bool // of Info.External
}

// done sorts what has been gathered.
func (w *walker) done() *Info {
	in := w.info
	for op, n := range w.ops {
		op.Nodes = n
		in.Ops = append(in.Ops, op)
	}
	slices.SortFunc(in.Ops, func(a, b Op) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Type, b.Type))
	})
	for domain, version := range w.opsets {
		in.Opsets = append(in.Opsets, Opset{domain, version})
	}
	slices.SortFunc(in.Opsets, func(a, b Opset) int { return cmp.Compare(a.Domain, b.Domain) })
	in.Opset = w.opsets[""]
	slices.Sort(in.Functions)
	in.Inputs = slices.DeleteFunc(in.Inputs, func(v Value) bool { return w.filled[v.Name] })
	return in
}

// count adds n to what the file holds, and refuses what is beyond the bound.
func (w *walker) count(n int) error {
	if w.items += n; w.items > maxItems {
		return fmt.Errorf("more than %d nodes, names and dimensions", maxItems)
	}
	return nil
}

// name counts and returns a name.
func (w *walker) name(b []byte) (string, error) {
	if len(b) > maxName {
		return "", fmt.Errorf("a name of %d bytes", len(b))
	}
	return string(b), w.count(1)
}

func (w *walker) model(b []byte) error {
	for f, err := range fieldsOf(b) {
		switch {
		case err != nil:
			return err
		case f.isInt(1):
			w.info.IR = int64(f.value)
		case f.is(2):
			w.info.Producer, err = w.name(f.bytes)
		case f.is(7):
			w.graphs++
			err = w.graph(f.bytes, 0)
		case f.is(8):
			err = w.opset(f.bytes)
		case f.is(20): // TrainingInfoProto: graphs 1 and 2
			w.info.Training = true
			for g, e := range fieldsOf(f.bytes) {
				if err = e; err == nil && (g.is(1) || g.is(2)) {
					err = w.graph(g.bytes, 1)
				}
				if err != nil {
					break
				}
			}
		case f.is(25):
			err = w.function(f.bytes)
		}
		if err != nil {
			return err
		}
	}
	if w.graphs == 0 {
		return fmt.Errorf("no graph in it")
	}
	return nil
}

func (w *walker) opset(b []byte) error {
	var o Opset
	for f, err := range fieldsOf(b) {
		switch {
		case err != nil:
			return err
		case f.is(1):
			o.Domain, err = w.name(f.bytes)
		case f.isInt(2):
			o.Version = int64(f.value)
		}
		if err != nil {
			return err
		}
	}
	w.opsets[standard(o.Domain)] = o.Version
	return nil
}

// standard maps both names of the standard's domain to "".
func standard(domain string) string {
	if domain == "ai.onnx" {
		return ""
	}
	return domain
}

// graph reads a graph, the main one at depth 0. A main graph that is given in
// parts is read as the parts together, as protobuf merges them.
func (w *walker) graph(b []byte, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("graphs are nested deeper than %d", maxDepth)
	}
	if err := w.count(1); err != nil {
		return err
	}
	for f, err := range fieldsOf(b) {
		switch {
		case err != nil:
			return fmt.Errorf("graph: %w", err)
		case f.is(1):
			err = w.node(f.bytes, depth)
		case f.is(5), f.is(15):
			var name string
			if f.num == 5 {
				name, err = w.tensor(f.bytes)
			} else {
				name, err = w.sparse(f.bytes)
			}
			if depth == 0 {
				w.info.Initializers++
				if w.filled == nil {
					w.filled = map[string]bool{}
				}
				w.filled[name] = true
			}
		case depth == 0 && (f.is(11) || f.is(12)):
			var v Value
			if v, err = w.value(f.bytes); f.num == 11 {
				w.info.Inputs = append(w.info.Inputs, v)
			} else {
				w.info.Outputs = append(w.info.Outputs, v)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// node reads a node and whatever is in its attributes.
func (w *walker) node(b []byte, depth int) error {
	if err := w.count(1); err != nil {
		return err
	}
	var op Op
	var out []string
	for f, err := range fieldsOf(b) {
		switch {
		case err != nil:
			return fmt.Errorf("node: %w", err)
		case f.is(2):
			var name string
			if name, err = w.name(f.bytes); name != "" { // "" is an output that is left out
				out = append(out, name)
			}
		case f.is(4):
			op.Type, err = w.name(f.bytes)
		case f.is(5):
			err = w.attribute(f.bytes, depth)
		case f.is(7):
			op.Domain, err = w.name(f.bytes)
		}
		if err != nil {
			return err
		}
	}
	op.Domain = standard(op.Domain)
	w.ops[op]++
	if depth == 0 {
		for _, name := range out {
			w.info.Tensors = append(w.info.Tensors, Tensor{Name: name, Op: op.Type})
		}
	}
	return nil
}

// attribute looks for tensors and graphs in an attribute.
func (w *walker) attribute(b []byte, depth int) error {
	if err := w.count(1); err != nil {
		return err
	}
	for f, err := range fieldsOf(b) {
		switch {
		case err != nil:
			return fmt.Errorf("attribute: %w", err)
		case f.is(5), f.is(10):
			_, err = w.tensor(f.bytes)
		case f.is(6), f.is(11):
			err = w.graph(f.bytes, depth+1)
		case f.is(22), f.is(23):
			_, err = w.sparse(f.bytes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// function reads an operator that the file defines: its nodes may hold tensors too.
func (w *walker) function(b []byte) error {
	var domain, name string
	for f, err := range fieldsOf(b) {
		switch {
		case err != nil:
			return fmt.Errorf("function: %w", err)
		case f.is(1):
			name, err = w.name(f.bytes)
		case f.is(7):
			err = w.node(f.bytes, 1)
		case f.is(10):
			domain, err = w.name(f.bytes)
		case f.is(11):
			err = w.attribute(f.bytes, 1)
		}
		if err != nil {
			return err
		}
	}
	w.info.Functions = append(w.info.Functions, standard(domain)+"."+name)
	return w.count(1)
}

// tensor reads the head of a constant and returns its name.
func (w *walker) tensor(b []byte) (string, error) {
	if err := w.count(1); err != nil {
		return "", err
	}
	var name string
	var dims []int64
	external := false
	for f, err := range fieldsOf(b) {
		switch {
		case err != nil:
			return "", fmt.Errorf("tensor: %w", err)
		case f.isInt(1) || f.is(1):
			ok := false
			if dims, ok = f.ints(dims, 64); !ok {
				return "", fmt.Errorf("a tensor has more than 64 dimensions, or broken ones")
			}
		case f.is(8):
			name, err = w.name(f.bytes)
		case f.is(13):
			external = true
		case f.isInt(14):
			// Enums are the lower 32 bits; every place but 0, in the file, is refused.
			external = external || uint32(f.value) != 0
		}
		if err != nil {
			return "", err
		}
	}
	size := elements(dims)
	w.info.LargestTensor = max(w.info.LargestTensor, size)
	w.info.InitializerValues = saturate(w.info.InitializerValues, size)
	if external && !w.tensors[name] {
		if w.tensors == nil {
			w.tensors = map[string]bool{}
		}
		w.tensors[name] = true
		w.info.External = append(w.info.External, name)
	}
	return name, w.count(len(dims))
}

// sparse reads a sparse constant: tensors 1 (values) and 2 (indices), dimensions 3.
func (w *walker) sparse(b []byte) (string, error) {
	var name string
	var dims []int64
	for f, err := range fieldsOf(b) {
		switch {
		case err != nil:
			return "", fmt.Errorf("sparse tensor: %w", err)
		case f.is(1):
			name, err = w.tensor(f.bytes)
		case f.is(2):
			_, err = w.tensor(f.bytes)
		case f.isInt(3) || f.is(3):
			ok := false
			if dims, ok = f.ints(dims, 64); !ok {
				return "", fmt.Errorf("a sparse tensor has more than 64 dimensions, or broken ones")
			}
		}
		if err != nil {
			return "", err
		}
	}
	w.info.LargestTensor = max(w.info.LargestTensor, elements(dims))
	return name, w.count(1)
}

// elements multiplies dimensions, up to the largest integer; one below zero counts as
// that.
func elements(dims []int64) int64 {
	n := int64(1)
	for _, d := range dims {
		switch {
		case d == 0:
			return 0
		case d < 0 || n > math.MaxInt64/d:
			n = math.MaxInt64
		default:
			n *= d
		}
	}
	return n
}

func saturate(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// value reads a ValueInfoProto.
func (w *walker) value(b []byte) (Value, error) {
	var v Value
	for f, err := range fieldsOf(b) {
		switch {
		case err != nil:
			return v, fmt.Errorf("input or output: %w", err)
		case f.is(1):
			v.Name, err = w.name(f.bytes)
		case f.is(2): // TypeProto
			for g, e := range fieldsOf(f.bytes) {
				if err = e; err == nil && g.is(1) { // TypeProto.Tensor
					err = w.tensorType(&v, g.bytes)
				}
				if err != nil {
					break
				}
			}
		}
		if err != nil {
			return v, err
		}
	}
	return v, nil
}

// tensorType reads element type and shape.
func (w *walker) tensorType(v *Value, b []byte) error {
	for f, err := range fieldsOf(b) {
		switch {
		case err != nil:
			return err
		case f.isInt(1):
			v.Elem = Type(f.value)
		case f.is(2):
			if v.Shape == nil {
				v.Shape = []int64{}
			}
			for d, err := range fieldsOf(f.bytes) {
				if err != nil {
					return err
				}
				if !d.is(1) {
					continue
				}
				size := int64(-1)
				for e, err := range fieldsOf(d.bytes) {
					if err != nil {
						return err
					}
					switch {
					case e.isInt(1):
						size = max(-1, int64(e.value))
					case e.is(2):
						size = -1
					}
				}
				if v.Shape = append(v.Shape, size); len(v.Shape) > 64 {
					return fmt.Errorf("more than 64 dimensions")
				}
				if err := w.count(1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
