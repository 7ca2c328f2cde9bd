// Package dataset brings the pinned data files of benchmarks and submissions
// to where they are needed, and reads them.
//
// A [Source] pins a file by SHA-256 and size. A [Store] finds it: in the cache,
// in a mirror, or by download over https from an allowed host. Whatever comes
// back is verified before it gets its final name, so nothing half-written or
// swapped is ever read.
//
// The readers turn bytes into the arrays of package assembly. They treat every
// byte as a stranger's: sizes are checked before memory is allocated, and an
// error names the file and the line.
package dataset
