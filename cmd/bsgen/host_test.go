package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge/doctor"
)

// TestHostYourOwn wants each check of bsgen doctor at one step of the guide, and
// no other.
func TestHostYourOwn(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(repository, "docs/host-your-own.md"))
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, line := range regexp.MustCompile(`(?m)^Checks: (.*)$`).FindAllStringSubmatch(string(data), -1) {
		for _, name := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(line[1], -1) {
			named = append(named, name[1])
		}
	}
	slices.Sort(named)
	want := slices.Sorted(slices.Values(doctor.Names()))
	if !slices.Equal(named, want) {
		t.Errorf("the guide names\n%s\nand bsgen doctor checks\n%s", strings.Join(named, " "), strings.Join(want, " "))
	}
}
