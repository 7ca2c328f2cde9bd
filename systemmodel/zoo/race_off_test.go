//go:build !race

package zoo

const raceDetector = false
