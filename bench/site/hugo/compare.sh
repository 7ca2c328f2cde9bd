#!/bin/sh
# Pages a second of Hugo and of bsgen, in turns, three times: 800 pages whose main
# part is a table of 150 rows, as Hugo has them (front matter and a template) and
# as bsgen has them (score pages). Every line is one run.
#
#	GOBIN=/tmp/hugo GOTOOLCHAIN=local go install github.com/gohugoio/hugo@v0.165.0
#	HUGO=/tmp/hugo/hugo sh bench/site/hugo/compare.sh
#
# Run it from the repository's root.
set -eu
hugo=${HUGO:-hugo}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/content" "$work/layouts/_default"
cat > "$work/hugo.toml" <<'END'
baseURL = "https://example.org/"
title = "Generated"
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "robotsTXT", "404", "home", "section"]
END
cat > "$work/layouts/_default/single.html" <<'END'
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body>
<nav><a href="/">Leaderboard</a></nav><h1>{{ .Title }}</h1>
<table><thead><tr><th>Model</th><th>Score</th><th>95 % interval</th><th>Ceiling</th><th>Status</th></tr></thead>
<tbody>{{ range .Params.rows }}<tr><th scope="row"><a href="/models/{{ .model }}/">{{ .name }}</a></th><td>{{ printf "%.3f" .score }}</td><td>{{ printf "%.3f" .low }} to {{ printf "%.3f" .high }}</td><td>{{ printf "%.3f" .ceiling }}</td><td>{{ .status }}</td></tr>
{{ end }}</tbody></table></body></html>
END
# JSON, which Hugo reads twice as fast as YAML.
awk -v dir="$work/content" 'BEGIN {
	srand(1)
	for (p = 1; p <= 800; p++) {
		file = dir "/benchmark-" p ".md"
		printf "{\n\"title\": \"Benchmark %d\",\n\"rows\": [\n", p > file
		for (m = 1; m <= 150; m++) {
			x = rand()
			printf "{\"model\": \"model-%d\", \"name\": \"Model %d\", \"score\": %.6f, \"low\": %.6f, \"high\": %.6f, \"ceiling\": %.6f, \"status\": \"scored\"}%s\n", m, m, x, x - .05, x + .05, .8, m < 150 ? "," : "" > file
		}
		printf "]\n}\n" > file
		close(file)
	}
}'

go test -c -o "$work/site.test" ./site
"$hugo" version
for run in 1 2 3; do
	printf 'load %s\n' "$(cut -d' ' -f1 /proc/loadavg)"
	start=$(date +%s%N)
	"$hugo" --quiet --source "$work" --destination "$work/public-$run" --logLevel error
	end=$(date +%s%N)
	pages=$(find "$work/public-$run" -name index.html | wc -l)
	[ "$pages" -eq 800 ] || { echo "Hugo wrote $pages pages, want 800" >&2; exit 1; }
	bytes=$(cat "$work/public-$run"/*/index.html | wc -c)
	awk -v n=800 -v ns=$((end - start)) -v b="$bytes" 'BEGIN { printf "hugo   %6.0f pages/s, %.0f kB each\n", n / (ns / 1e9), b / n / 1000 }'
	(cd site && "$work/site.test" -test.run - -test.bench 'ScorePages$' -test.benchtime 5x) |
		awk '/^Benchmark/ {
			for (i = 2; i < NF; i++) v[$(i + 1)] = $i
			printf "bsgen  %6.0f pages/s, %.0f kB each\n", v["pages/s"], v["B/page"] / 1000
		}'
done
