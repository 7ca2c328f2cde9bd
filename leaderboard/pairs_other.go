//go:build !amd64 || purego

package leaderboard

var (
	comparers = []comparer{compareGeneric}
	raisers   = []raiser{raiseGeneric}
)
