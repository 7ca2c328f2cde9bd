package archive

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestDetails(t *testing.T) {
	var d Details
	for _, x := range []Detail{{"words", 3}, {"a", 1}, {"words", 4}, {"<b>", Number(math.NaN())}} {
		d.Set(x.Name, x.Value)
	}
	if len(d) != 3 || d.Get("words") != 4 || d.Get("a") != 1 || d.Get("<b>").OK() || d.Get("none").OK() {
		t.Errorf("%v", d)
	}
	r := testResult()
	r.Details = d
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	const want = "  \"details\": {\n    \"<b>\": null,\n    \"a\": 1,\n    \"words\": 4\n  },\n"
	if !strings.Contains(string(data), want) {
		t.Errorf("%s\nwant in it %s", data, want)
	}
	if escaped, err := json.Marshal(r); err != nil || !strings.Contains(string(escaped), `"\u003cb\u003e":null`) {
		t.Errorf("%s, %v", escaped, err)
	}
	back, err := DecodeResult(data)
	if err != nil || len(back.Details) != 3 || back.Details[2] != (Detail{"words", 4}) {
		t.Errorf("%v, %v", back, err)
	}
	for _, c := range []struct{ written, want string }{
		{`[]`, "details: array where an object of numbers belongs"},
		{`{"a": "1"}`, `"1" is no number`},
		{`{"a": []}`, `[] is no number`},
	} {
		changed := strings.Replace(string(data), strings.TrimSuffix(strings.TrimPrefix(want, `  "details": `), ",\n"), c.written, 1)
		if _, err := DecodeResult([]byte(changed)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.written, err, c.want)
		}
	}
	d.Set("a", Number(math.Inf(1)))
	if _, err := json.Marshal(d); err == nil {
		t.Error("an infinite number is encoded")
	}
}
