package site

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckLinks(t *testing.T) {
	dir := t.TempDir()
	write := func(name, body string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a/index.html", `<p id="here">`)
	write("x.css", "")
	for _, test := range []struct{ body, want string }{
		{`<a href="a/index.html#here">`, ""},
		{`<a href="a/">`, ""},
		{`<a href="#top"><i id="top">`, ""},
		{`<a href="https://example.org/">`, ""},
		{`<link rel="stylesheet" href="x.css"><img src="data:image/png;base64,AA==">`, ""},
		{`<a href="b.html">`, "leads nowhere"},
		{`<a href="a/index.html#gone">`, "there is no such fragment"},
		{`<a href="/a/index.html">`, "not relative"},
		{`<a href="javascript:x()">`, "a scheme that is not allowed"},
		{`<a href="//example.org/"><script src="//example.org/x.js"></script>`, "loads from another host"},
		{`<img src="https://example.org/x.png">`, "loads from another host"},
		{`<link rel="stylesheet" href="https://example.org/x.css">`, "loads from another host"},
		{`<link rel="canonical" href="https://example.org/x">`, ""},
		{`<i id="a"></i><i id="a"></i>`, "the id stands twice"},
	} {
		write("index.html", test.body)
		problems, err := CheckLinks(dir)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range problems {
			got = joined("; ", got, p.String())
		}
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", test.body, got, test.want)
		}
	}
	if _, err := CheckLinks(filepath.Join(dir, "missing")); err == nil {
		t.Error("a folder that is missing was checked")
	}
}
