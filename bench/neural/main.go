// Command neural scores one metric on two .npy files, as the Go side of
// bench.py: it prints the score as JSON and leaves timing to the caller.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"slices"

	"github.com/bsgen/bsgen/dataset/npy"
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

// readNPY reads stimuli x columns.
func readNPY(path string) (regress.Matrix, error) {
	f, err := npy.Open(path, npy.Limits{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer f.Close()
	data := make([]float64, f.Rows()*f.RowLen())
	if err := f.Float64s(data, 0, f.Rows()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return regress.Float64(f.Rows(), f.RowLen(), data), nil
}
