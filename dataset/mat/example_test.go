package mat_test

import (
	"fmt"
	"log"
	"os"

	"github.com/bsgen/bsgen/dataset/mat"
)

func ExampleRead() {
	r, err := os.Open("testdata/scipy.mat")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	f, err := mat.Read(r, mat.Options{Only: []string{"s"}})
	if err != nil {
		log.Fatal(err)
	}
	s, err := f.Var("s")
	if err != nil {
		log.Fatal(err)
	}
	label, err := s.Field(0, "label")
	if err != nil {
		log.Fatal(err)
	}
	v, err := s.Field(0, "v")
	if err != nil {
		log.Fatal(err)
	}
	numbers, err := v.Float64s()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s, s.Fields())
	fmt.Println(label)
	fmt.Println(v, numbers)
	// Output:
	// 2x1 struct [v label]
	// first
	// 2x3 int16 [0 3 1 4 2 5]
}
