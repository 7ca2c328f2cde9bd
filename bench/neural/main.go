// Command neural scores one metric on two .npy files, as the Go side of
// bench.py: it prints the score as JSON and leaves timing to the caller.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strconv"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
	"github.com/bsgen/bsgen/simdblas"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "neural:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("neural", flag.ContinueOnError)
	metric := flags.String("metric", "pls", "pls, ridge, ridgecv or linear")
	xPath := flags.String("x", "", "activations, .npy")
	yPath := flags.String("y", "", "responses, .npy")
	profile := flags.String("profile", "", "write a CPU profile")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	method, ok := map[string]regress.Method{
		"pls":     regress.PLS{Components: 25},
		"ridge":   regress.Ridge{Alpha: 1},
		"ridgecv": regress.RidgeCV{},
		"linear":  regress.Linear{},
	}[*metric]
	if !ok {
		return fmt.Errorf("unknown metric %q", *metric)
	}
	simdblas.Use()
	// Large arrays of numbers cost the collector nothing to scan.
	debug.SetGCPercent(25)
	x, err := readNPY(*xPath)
	if err != nil {
		return err
	}
	y, err := readNPY(*yPath)
	if err != nil {
		return err
	}
	n, _ := x.Dims()
	splits, err := split.Default.Split(n)
	if err != nil {
		return err
	}
	ctx := context.Background()
	plan, err := regress.NewPlan(ctx, x, splits, regress.Options{})
	if err != nil {
		return err
	}
	fit, err := plan.Fit(ctx, method, y)
	if err != nil {
		return err
	}
	result := struct {
		Score  float64   `json:"score"`
		Splits []float64 `json:"splits"`
		Alphas []float64 `json:"alphas"`
	}{}
	for _, f := range fit.Folds {
		r := slices.Sorted(slices.Values(f.R))
		median := (r[(len(r)-1)/2] + r[len(r)/2]) / 2
		result.Splits = append(result.Splits, median)
		result.Alphas = append(result.Alphas, f.Alpha)
		result.Score += median / float64(len(fit.Folds))
	}
	return json.NewEncoder(out).Encode(result)
}

var header = regexp.MustCompile(`'descr': '<f8', 'fortran_order': False, 'shape': \((\d+), (\d+)\)`)

// readNPY reads a two-dimensional array of little-endian float64.
func readNPY(path string) (regress.Matrix, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var head [10]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return nil, err
	}
	text := make([]byte, binary.LittleEndian.Uint16(head[8:]))
	if _, err := io.ReadFull(f, text); err != nil {
		return nil, err
	}
	m := header.FindSubmatch(text)
	if m == nil || !bytes.HasPrefix(head[:], []byte("\x93NUMPY\x01")) {
		return nil, fmt.Errorf("%s: not a two-dimensional array of float64: %q", path, text)
	}
	rows, _ := strconv.Atoi(string(m[1]))
	cols, _ := strconv.Atoi(string(m[2]))
	data := make([]float64, rows*cols)
	buf := make([]byte, 1<<16)
	for k := 0; k < len(data); {
		b := buf[:min(len(buf), 8*(len(data)-k))]
		if _, err := io.ReadFull(f, b); err != nil {
			return nil, err
		}
		for i := 0; i < len(b); i += 8 {
			data[k] = math.Float64frombits(binary.LittleEndian.Uint64(b[i:]))
			k++
		}
	}
	return regress.Float64(rows, cols, data), nil
}
