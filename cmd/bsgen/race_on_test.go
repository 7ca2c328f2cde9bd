//go:build race

package main

// underRace says that the race detector makes everything ten times slower.
const underRace = true
