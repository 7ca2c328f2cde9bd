package site

import (
	"bytes"
	"html"

	"github.com/bsgen/bsgen/site/mathml"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// formula is $...$ or $$...$$ in a text.
type formula struct {
	ast.BaseInline
	tex     []byte
	display bool
}

var kindFormula = ast.NewNodeKind("Formula")

func (n *formula) Kind() ast.NodeKind            { return kindFormula }
func (n *formula) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// formulaParser reads formulas as Pandoc does, so that "$5 and $6" stays text:
// no space follows the opening sign or stands before the closing one, and no
// digit follows that. A formula ends on the line on which it begins.
type formulaParser struct{}

// Trigger implements parser.InlineParser.
func (formulaParser) Trigger() []byte { return []byte{'$'} }

// Parse implements parser.InlineParser.
func (formulaParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	sign := []byte("$")
	if bytes.HasPrefix(line, []byte("$$")) {
		sign = []byte("$$")
	}
	inside := line[len(sign):]
	for from := 0; ; {
		i := bytes.Index(inside[from:], sign)
		if i < 0 {
			return nil
		}
		end := from + i
		after := inside[end+len(sign):]
		switch {
		case end == 0 || inside[0] == ' ':
			return nil
		case inside[end-1] == '\\', inside[end-1] == ' ' && len(sign) == 1, len(sign) == 1 && len(after) > 0 && '0' <= after[0] && after[0] <= '9':
			from = end + len(sign) // does not close
			continue
		}
		block.Advance(end + 2*len(sign))
		return &formula{tex: bytes.TrimSpace(inside[:end]), display: len(sign) == 2}
	}
}

// formulaRenderer writes formulas as MathML. One that can not be read stands as
// its source, with what is wrong with it.
type formulaRenderer struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (formulaRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindFormula, func(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		n := node.(*formula)
		markup, err := mathml.Render(string(n.tex), n.display)
		if err != nil {
			markup = `<code title="` + html.EscapeString(err.Error()) + `">` + html.EscapeString(string(n.tex)) + `</code>`
		}
		w.WriteString(markup)
		return ast.WalkContinue, nil
	})
}
