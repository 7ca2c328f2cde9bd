//go:build race

package evaluate

// underRace says that the race detector makes everything ten times slower.
const underRace = true
