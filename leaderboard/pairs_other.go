//go:build !amd64 || purego

package leaderboard

var raisers = []raiser{raiseGeneric}
