package chart

// table writes the numbers of a figure.
type table struct {
	*drawing
	left []bool
	at   int
}

// column is the head of a column; what is no text is numbers.
type column struct {
	head string
	text bool
}

// newTable starts a table; its first column is the rows' names.
func newTable(title string, columns ...column) *table {
	t := &table{drawing: newDrawing()}
	t.add(`<table><caption class="vh">`).text(title).add(`</caption><thead><tr>`)
	for _, c := range columns {
		t.left = append(t.left, c.text)
		t.add(`<th scope="col"`)
		if c.text {
			t.add(` class="l"`)
		}
		t.add(`>`).text(c.head).add(`</th>`)
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

// cell adds the next cell of the row, of one text or of several with commas between.
func (t *table) cell(texts ...string) {
	open, end := `<td>`, `</td>`
	if t.left[t.at] {
		open, end = `<td class="l"><bdi>`, `</bdi></td>`
	}
	t.add(open)
	for i, text := range texts {
		if i > 0 {
			t.add(", ")
		}
		t.text(text)
	}
	t.add(end)
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
