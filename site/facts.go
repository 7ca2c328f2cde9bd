package site

import (
	"strconv"

	"github.com/bsgen/bsgen/archive"
)

// TableData is what the script of a leaderboard knows of its rows beyond what
// they print, in the order of the rows.
type TableData struct {
	Node   string      `json:"node"`             // that the table ranks by
	Title  string      `json:"title"`            // of it
	Filter string      `json:"filter,omitempty"` // what is searched for at first
	Fields []FieldData `json:"fields"`
}

// FieldData is one property of the rows. Its values are numbered, because they
// repeat; a row without the property has -1.
type FieldData struct {
	Name   string   `json:"name"` // as a search names it
	Title  string   `json:"title"`
	Facet  bool     `json:"facet,omitempty"`  // few values: offered as filters
	Number bool     `json:"number,omitempty"` // values are numbers
	Values []string `json:"values"`
	Rows   []int    `json:"rows"`
}

// fields are the properties of models that leaderboards search and filter by.
var fields = []struct {
	name, title   string
	facet, number bool
	value         func(m *archive.Model) string
}{
	{"family", "Family", false, false, func(m *archive.Model) string { return m.Metadata.Family }},
	{"architecture", "Architecture", true, false, func(m *archive.Model) string { return m.Metadata.Architecture }},
	{"training", "Training data", true, false, func(m *archive.Model) string { return m.Metadata.Training.Value }},
	{"year", "Year", true, true, func(m *archive.Model) string { return wholeNumber(m.Metadata.Year.Value) }},
	{"params", "Parameters", false, true, func(m *archive.Model) string { return wholeNumber(m.Metadata.Parameters.Value) }},
	{"how", "Responses", true, false, howName},
	{"role", "Role", false, false, func(m *archive.Model) string { return string(m.Role) }},
	{"submitter", "Submitter", false, false, func(m *archive.Model) string { return m.Submitter.Name }},
}

// howName says how the responses of a model came about.
func howName(m *archive.Model) string {
	switch {
	case m.Run != nil && len(m.Responses) > 0:
		return "recorded and executed"
	case m.Run != nil:
		return roleExecuted
	case len(m.Responses) > 0:
		return roleRecorded
	}
	return ""
}

// wholeNumber returns a text that is a whole number, and "" for any other.
func wholeNumber(s string) string {
	if _, err := strconv.ParseUint(s, 10, 63); err != nil {
		return ""
	}
	return s
}

// data returns the facts of the table's rows, those that a filter hides included.
func (t *table) data() TableData {
	out := TableData{Node: t.node.ID, Title: t.node.Title}
	if t.view != nil {
		out.Filter = t.view.Filter
	}
	for _, f := range fields {
		field := FieldData{Name: f.name, Title: f.title, Facet: f.facet, Number: f.number, Values: []string{}, Rows: []int{}}
		number := map[string]int{}
		for _, rows := range sectionsOf(t.whole) {
			for _, r := range rows {
				v := f.value(r.Model)
				if v == "" {
					field.Rows = append(field.Rows, -1)
					continue
				}
				i, ok := number[v]
				if !ok {
					i = len(field.Values)
					number[v] = i
					field.Values = append(field.Values, v)
				}
				field.Rows = append(field.Rows, i)
			}
		}
		if len(field.Values) > 0 {
			out.Fields = append(out.Fields, field)
		}
	}
	return out
}
