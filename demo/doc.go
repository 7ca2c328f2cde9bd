// Package demo writes a small archive that is complete, and made of nothing but
// code: no measurement, no download.
//
// Its animals and observers are simulated, and every page and file says so.
// What a simulation has over a measurement is that the truth is known:
//
//   - the neurons' spike counts are Poisson, so the true noise ceiling can be
//     computed from the population without noise and stands beside the estimate;
//   - the order of the three models is known before they are scored, because of
//     what each of them can and can not see.
//
// So the archive shows what bsgen does, and tests that it is right.
//
// The archive has the same bytes wherever it is written, but for the last digit
// of a model's activations, which package math does not fix across processors.
package demo
