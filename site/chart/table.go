package chart

// table writes the numbers of a figure. Its columns after the first are numbers,
// except those that are named as text.
type table struct {
	drawing
	left []bool
	at   int
}

// newTable starts a table with the heads of its columns; those that begin with a
// "<" hold text.
func newTable(title string, heads ...string) *table {
	t := &table{}
	t.add(`<table><caption class="vh">`).text(title).add(`</caption><thead><tr>`)
	for i, h := range heads {
		text := i == 0
		if h != "" && h[0] == '<' {
			text, h = true, h[1:]
		}
		t.left = append(t.left, text)
		t.add(`<th scope="col"`)
		if text {
			t.add(` class="l"`)
		}
		t.add(`>`).text(h).add(`</th>`)
	}
	t.add("</tr></thead>\n<tbody>")
	return t
}

// row starts a row with its name.
func (t *table) row(name, href string) {
	if t.at > 0 {
		t.add("</tr>\n")
	}
	t.add(`<tr><th scope="row">`)
	t.name(name, href)
	t.add(`</th>`)
	t.at = 1
}

func (t *table) name(name, href string) {
	if href = address(href); href != "" {
		t.add(`<a href="`).text(href).add(`"><bdi>`).text(name).add(`</bdi></a>`)
	} else {
		t.add(`<bdi>`).text(name).add(`</bdi>`)
	}
}

// cell adds the next cell of the row.
func (t *table) cell(text string) {
	if t.left[t.at] {
		t.add(`<td class="l"><bdi>`).text(text).add(`</bdi></td>`)
	} else {
		t.add(`<td>`).text(text).add(`</td>`)
	}
	t.at++
}

// linked adds the next cell of the row, a link where it has an address.
func (t *table) linked(text, href string) {
	if t.left[t.at] {
		t.add(`<td class="l">`)
	} else {
		t.add(`<td>`)
	}
	t.name(text, href)
	t.add(`</td>`)
	t.at++
}

// end returns the table.
func (t *table) end() HTML {
	if t.at > 0 {
		t.add("</tr>")
	}
	t.add("</tbody></table>")
	return t.html()
}
