package records

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

type row struct {
	ID    string   `json:"id" doc:"d"`
	State string   `json:"state" doc:"d" enum:"on,off"`
	N     int      `json:"n" doc:"d"`
	Rank  Place    `json:"rank" doc:"d"`
	X     number   `json:"x" doc:"d"`
	OK    bool     `json:"ok" doc:"d"`
	List  []string `json:"list" doc:"d"`
}

var rows = Of[row]()

func TestCSV(t *testing.T) {
	for _, test := range []struct {
		in   row
		want string
	}{
		{row{ID: "a", State: "on", N: 0, Rank: 2, X: .1, OK: true, List: []string{"p", "q"}}, "a,on,0,2,0.1,true,p; q"},
		{row{ID: "NA", N: -1, X: number(math.NaN())}, "NA,,-1,,,false,"},
		{row{ID: "a,b", State: `say "x"`, List: []string{"two\nlines"}}, "\"a,b\",\"say \"\"x\"\"\",0,,0,false,\"two\nlines\""},
		{row{ID: "=1+1", State: "-x", X: -1e-300, List: []string{"@a", "+b"}}, `"'=1+1","'-x",0,,-1e-300,false,"'@a; +b"`},
		{row{ID: " a ", X: 0.30000000000000004}, `" a ",,0,,0.30000000000000004,false,`},
	} {
		line, record, err := rows.Append(nil, nil, &test.in)
		if got := string(record); err != nil || got != test.want+"\r\n" {
			t.Errorf("%+v: %q, %v\nwant %q", test.in, got, err, test.want)
		}
		if alone, _ := rows.AppendJSON(nil, &test.in); !bytes.Equal(line, alone) {
			t.Errorf("%+v: %s\nalone %s", test.in, line, alone)
		}
	}
	if got := string(rows.AppendHeader(nil)); got != "id,state,n,rank,x,ok,list\r\n" {
		t.Errorf("header %q", got)
	}
}

// BenchmarkAppend writes a row in both ways, which leaves nothing behind.
func BenchmarkAppend(b *testing.B) {
	b.ReportAllocs()
	r := row{ID: "alexnet", State: "on", N: 7, Rank: 2, X: .30000000000000004, List: []string{"few images"}}
	var line, record []byte
	for b.Loop() {
		line, record, _ = rows.Append(line[:0], record[:0], &r)
	}
	b.SetBytes(int64(len(line) + len(record)))
}

func TestInfinite(t *testing.T) {
	if _, err := rows.AppendJSON(nil, &row{X: number(math.Inf(1))}); err == nil || !strings.Contains(err.Error(), "x is infinite") {
		t.Errorf("error %v", err)
	}
}

// FuzzRows holds the JSON against encoding/json and reads the CSV back.
func FuzzRows(f *testing.F) {
	f.Add("a", "on", 1, 2, .5, true, "w")
	f.Add("</script>", "\x00\u2028", -7, 0, math.NaN(), false, "\"")
	f.Add("\xff", "=\r\n", 0, 1, 1e21, true, " ")
	f.Fuzz(func(t *testing.T, id, state string, n, rank int, x float64, ok bool, item string) {
		if math.IsInf(x, 0) {
			t.Skip()
		}
		r := row{id, state, n, Place(rank), number(x), ok, []string{item}}
		got, err := rows.AppendJSON(nil, &r)
		if err != nil {
			t.Fatal(err)
		}
		var back, want any
		plain, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if err := json.Unmarshal(plain, &want); err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(back)
		b, _ := json.Marshal(want)
		if !bytes.Equal(a, b) {
			t.Errorf("%s\nwant %s", a, b)
		}
		if strings.ContainsAny(string(got), "<>\n") {
			t.Errorf("%s has what ends a script or a line", got)
		}
		_, record, err := rows.Append(nil, nil, &r)
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(bytes.NewReader(record)).ReadAll()
		if err != nil || len(records) != 1 || len(records[0]) != len(rows.Columns) {
			t.Fatalf("%q, %v", records, err)
		}
		if !strings.ContainsAny(id, "\r") { // encoding/csv reads "\r\n" within quotes as "\n"
			if got := records[0][0]; got != id && got != "'"+id {
				t.Errorf("id %q, want %q", got, id)
			}
		}
	})
}

func TestSchema(t *testing.T) {
	got, err := json.Marshal(Schema(rows.rows))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"additionalProperties":false,"properties":{` +
		`"id":{"description":"d","type":"string"},` +
		`"list":{"description":"d","items":{"type":"string"},"type":"array"},` +
		`"n":{"description":"d","type":"integer"},` +
		`"ok":{"description":"d","type":"boolean"},` +
		`"rank":{"description":"d","minimum":1,"type":["integer","null"]},` +
		`"state":{"description":"d","enum":["on","off"],"type":"string"},` +
		`"x":{"description":"d","type":["number","null"]}},` +
		`"required":["id","state","n","rank","x","ok","list"],"type":"object"}`
	if string(got) != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
