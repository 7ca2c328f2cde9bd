package npy_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/bsgen/bsgen/dataset/npy"
)

// The responses of a large model are read a few stimuli at a time.
func ExampleOpen() {
	f, err := npy.Open("testdata/f2.npy", npy.Limits{})
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(f.DType(), f.Shape())

	row := make([]float32, f.RowLen())
	for i := range f.Rows() {
		if err := f.Float32s(row, i, i+1); err != nil {
			log.Fatal(err)
		}
		fmt.Println(row[:4])
	}
	// Output:
	// float16 [2 3 4]
	// [0 5 10 15]
	// [60 65 70 75]
}

func ExampleWrite() {
	var b bytes.Buffer
	if err := npy.Write(&b, []int{2, 2}, []float32{1, 2, 3, 4}); err != nil {
		log.Fatal(err)
	}
	a, err := npy.Read(&b, npy.Limits{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.DType(), a.Shape())
	// Output: float32 [2 2]
}
