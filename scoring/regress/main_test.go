package regress

import (
	"os"
	"testing"

	"github.com/bsgen/bsgen/simdblas"
)

func TestMain(m *testing.M) {
	simdblas.Use()
	os.Exit(m.Run())
}
