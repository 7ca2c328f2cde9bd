// Package evaluate scores models: it pairs submissions with benchmarks, brings
// data and responses together, runs the metric and makes result files.
//
// A pair is scored when no result exists or when the result's key differs: the
// key digests everything that changes the number (the response's bytes and
// format, the benchmark's scoring fields and data, and the versions of reader
// and metric), and nothing that does not. A response that can not be scored is
// a result too, with status failed and the reason; data that can not be had is
// an error, because running again may mend it.
package evaluate
