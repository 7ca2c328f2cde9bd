package doctor

import (
	"fmt"
	"strings"

	"github.com/bsgen/bsgen/archive"
)

func archiveProblems(in *Input) Check {
	if n := len(in.Problems); n > 0 {
		return note(count(n, "problem")+" in the archive, such as "+in.Problems[0].String(), "`bsgen check` lists them")
	}
	results := 0
	for _, rs := range in.Archive.Results {
		results += len(rs)
	}
	return ok(fmt.Sprintf("%s, %s and %s without a problem", count(len(in.Archive.Models), "model"), count(len(in.Archive.Benchmarks), "benchmark"), count(results, "result")))
}

func dataAtHand(in *Input) Check {
	what := fmt.Sprintf("%d of %s at hand", in.DataHere, count(in.DataAll, "pinned data file"))
	if in.DataHere < in.DataAll {
		return note(what, "`bsgen data pull` fetches them; scoring here needs them, hosting does not")
	}
	return ok(what)
}

// engineAtHand tells what models are run with. Boards without executable models do
// not need it.
func engineAtHand(in *Input) Check {
	if in.Engine == "" {
		return note(in.NoEngine+"; models that are recorded can be scored, executable ones can not", in.NoEngineHint)
	}
	if in.OtherEngine {
		return note(in.Engine, "results would name this version, and differ from those of the pinned one in the last digits: unset BSGEN_ONNXRUNTIME for results that are to be committed")
	}
	return ok(in.Engine)
}

// siteFile looks at what a fork has to say for itself, and whether a private
// board lies in the open.
func siteFile(in *Input) Check {
	s := &in.Archive.Site
	if set := in.Settings; set != nil && set.Repository.Known() && s.Visibility == "private" && !set.Repository.Value.Private {
		return unsafe("site.yaml says visibility: private, and everybody can read the repository",
			"make the repository private, or say visibility: public; a fork of a public repository can not be made private: push it to a new one")
	}
	if in.Repository == "" || strings.EqualFold(in.Repository, Original) {
		return ok(fmt.Sprintf("%s board, %q", s.Visibility, s.Title))
	}
	found := []Check{ok(fmt.Sprintf("%s board, %q", s.Visibility, s.Title))}
	if s.Title == archive.DefaultSite.Title {
		found = append(found, note(fmt.Sprintf("the title is that of the original, %q", s.Title), "set title and description in site.yaml"))
	}
	if !strings.Contains(strings.ToLower(s.Repository), strings.ToLower(in.Repository)) {
		found = append(found, note("the pages do not link to this repository", "set repository in site.yaml to the address of "+in.Repository))
	}
	return all(found...)
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
