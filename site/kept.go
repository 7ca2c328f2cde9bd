package site

import (
	"slices"
	"sync/atomic"

	"github.com/bsgen/bsgen/archive/history"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/leaderboard/timeline"
)

// kept is what pages of a board asked for, kept for the site after the next change
// of the archive: of the board, or of the one before until a page asks again.
type kept struct {
	relations atomic.Pointer[leaderboard.Relations]
	timeline  atomic.Pointer[keptTimeline]
	ranks     atomic.Pointer[map[string]keptRanks] // by id of the node
}

// from takes over what is kept of the board as it was.
func (k *kept) from(old *kept) {
	k.relations.Store(old.relations.Load())
	k.timeline.Store(old.timeline.Load())
	k.ranks.Store(old.ranks.Load())
}

// keptTimeline is a timeline with what it depends on.
type keptTimeline struct {
	history  *history.History
	options  timeline.Options
	timeline *timeline.Timeline
}

// timelineOf replays a history, if it is not the one that was replayed last.
func (b *board) timelineOf(h *history.History, o timeline.Options) *timeline.Timeline {
	last := b.kept.timeline.Load()
	if last == nil || last.history != h || last.options.States != o.States || last.options.Node != o.Node || !slices.Equal(last.options.Columns, o.Columns) {
		last = &keptTimeline{h, o, timeline.New(h, b.ID, o)}
		b.kept.timeline.Store(last)
	}
	return last.timeline
}

// keptRanks is the place of the ranks file of a ranking.
type keptRanks struct {
	ranking *leaderboard.Ranking
	place   string
}
