package safetensors_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/bsgen/bsgen/dataset/safetensors"
)

func ExampleNew() {
	header := `{"layer4":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]}}`
	b := append([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0}, header...)
	b = append(b, 1, 2, 3, 4, 5, 6)

	f, err := safetensors.New(bytes.NewReader(b), int64(len(b)), safetensors.Limits{})
	if err != nil {
		log.Fatal(err)
	}
	layer, err := f.Tensor("layer4")
	if err != nil {
		log.Fatal(err)
	}
	row := make([]float32, layer.RowLen())
	if err := layer.Float32s(row, 1, 2); err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Names(), layer.Shape(), row)
	// Output: [layer4] [2 3] [4 5 6]
}
