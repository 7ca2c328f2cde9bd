package mathml

import (
	"errors"
	"fmt"
	"html"
	"strings"
)

// letters are commands for one letter.
var letters = map[string]string{
	"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
	"kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
	"phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
	"Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "infty": "∞", "ell": "ℓ", "emptyset": "∅",
}

// signs are commands for operators and relations, and escaped characters.
var signs = map[string]string{
	"cdot": "⋅", "times": "×", "div": "÷", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠",
	"approx": "≈", "sim": "∼", "propto": "∝", "in": "∈", "to": "→", "mid": "∣", "cap": "∩", "cup": "∪", "ldots": "…", "dots": "…", "cdots": "⋯",
	"sum": "∑", "prod": "∏", "int": "∫", "partial": "∂", "forall": "∀", "langle": "⟨", "rangle": "⟩", "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖",
	"{": "{", "}": "}", "%": "%", "$": "$", "#": "#", "&": "&", "_": "_",
}

// words are the names of functions, which stand upright.
var words = map[string]bool{
	"log": true, "ln": true, "exp": true, "min": true, "max": true, "sin": true, "cos": true, "det": true, "Pr": true, "arg": true,
}

// accents are commands that put a sign above their argument.
var accents = map[string]string{"hat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "dot": "˙", "vec": "→"}

// spaces are commands for room, in ems.
var spaces = map[string]string{",": "0.167", ":": "0.222", ";": "0.278", " ": "0.333", "quad": "1", "qquad": "2"}

// hasLimits reports whether a formula begins with an operator whose limits a
// display formula puts above and below.
func hasLimits(tex string) bool {
	for _, name := range []string{`\sum`, `\prod`, `\min`, `\max`} {
		if after, ok := strings.CutPrefix(tex, name); ok && (after == "" || !isLetter(after[0])) {
			return true
		}
	}
	return false
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// command reads a command with its arguments.
func (p *parser) command(depth int) (string, error) {
	p.rest = p.rest[1:]
	n := 0
	for n < len(p.rest) && isLetter(p.rest[n]) {
		n++
	}
	if n == 0 {
		if p.rest == "" {
			return "", errors.New(`a \ at the end`)
		}
		n = 1
	}
	name := p.rest[:n]
	p.rest = p.rest[n:]
	if s, ok := letters[name]; ok {
		return element("mi", s), nil
	}
	if s, ok := signs[name]; ok {
		return element("mo", html.EscapeString(s)), nil
	}
	if words[name] {
		return element("mi", name), nil
	}
	if em, ok := spaces[name]; ok {
		return `<mspace width="` + em + `em"></mspace>`, nil
	}
	if accent, ok := accents[name]; ok {
		base, err := p.argument(depth)
		if err != nil {
			return "", fmt.Errorf(`\%s: %w`, name, err)
		}
		return `<mover accent="true">` + base + element("mo", accent) + "</mover>", nil
	}
	switch name {
	case "frac":
		return p.arguments(name, "mfrac", 2, depth)
	case "sqrt":
		return p.root(depth)
	case "text", "mathrm", "operatorname":
		text, err := p.text()
		if err != nil {
			return "", fmt.Errorf(`\%s: %w`, name, err)
		}
		if name == "text" {
			return element("mtext", text), nil
		}
		return `<mi mathvariant="normal">` + text + "</mi>", nil
	case "left":
		return p.fenced(depth)
	}
	return "", fmt.Errorf(`there is no \%s here`, name)
}

func (p *parser) arguments(name, as string, n, depth int) (string, error) {
	var all string
	for range n {
		arg, err := p.argument(depth)
		if err != nil {
			return "", fmt.Errorf(`\%s: %w`, name, err)
		}
		all += arg
	}
	return element(as, all), nil
}

// root reads \sqrt{x} and \sqrt[n]{x}.
func (p *parser) root(depth int) (string, error) {
	p.space()
	index := ""
	if after, ok := strings.CutPrefix(p.rest, "["); ok {
		p.rest = after
		var err error
		if index, err = p.row("]", depth+1); err != nil {
			return "", fmt.Errorf(`\sqrt: %w`, err)
		}
		p.rest = p.rest[1:]
	}
	of, err := p.argument(depth)
	if err != nil {
		return "", fmt.Errorf(`\sqrt: %w`, err)
	}
	if index != "" {
		return element("mroot", of+index), nil
	}
	return element("msqrt", of), nil
}

// fenced reads \left( ... \right) with any pair of fences; "." is none.
func (p *parser) fenced(depth int) (string, error) {
	open, err := p.fence()
	if err != nil {
		return "", fmt.Errorf(`\left: %w`, err)
	}
	inside, err := p.row(`\right`, depth+1)
	if err != nil {
		return "", err
	}
	p.rest = strings.TrimPrefix(p.rest, `\right`)
	closed, err := p.fence()
	if err != nil {
		return "", fmt.Errorf(`\right: %w`, err)
	}
	return element("mrow", open+inside+closed), nil
}

func (p *parser) fence() (string, error) {
	p.space()
	for tex, sign := range map[string]string{"(": "(", ")": ")", "[": "[", "]": "]", "|": "|", `\{`: "{", `\}`: "}", `\langle`: "⟨", `\rangle`: "⟩", ".": ""} {
		after, ok := strings.CutPrefix(p.rest, tex)
		if !ok {
			continue
		}
		p.rest = after
		if sign == "" {
			return "", nil
		}
		return `<mo fence="true" stretchy="true">` + sign + "</mo>", nil
	}
	return "", errors.New("no fence follows")
}
