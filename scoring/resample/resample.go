// Package resample draws the units of bootstrap replicates.
//
// Replicate b of a unit set draws the same units whatever model or metric asks,
// because the draw is seeded by the names of the units alone. So a paired
// difference between two models is a subtraction of their replicates, and the
// mean over several benchmarks on the same units keeps their dependence.
package resample

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/scoring/stat"
)

// B is the number of replicates that a result holds.
const B = 500

// FewSubjects is the number of subjects up to which resampling them says too
// little: with n = 4 a bootstrap's standard error is already sqrt(3/4) of the
// true one and there are 35 distinct draws. The subject part is then a
// jackknife with its t quantile; see [Jackknife].
const FewSubjects = 4

// New returns the sampler of a set of units. Kind and the sorted names make the
// seed, so the order of the names does not matter to which unit is drawn how
// often: counts refer to units by their position in names, and the position
// in sorted order decides.
func New(kind string, names []string) Sampler {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if c := strings.Compare(names[a], names[b]); c != 0 {
			return c
		}
		return a - b
	})
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n", kind, len(names))
	for _, i := range order {
		fmt.Fprintf(h, "%q\n", names[i])
	}
	sum := h.Sum(nil)
	return Sampler{
		order: order,
		hi:    binary.LittleEndian.Uint64(sum),
		lo:    binary.LittleEndian.Uint64(sum[8:]),
	}
}

// Sampler draws replicates of one set of units.
type Sampler struct {
	order  []int // position in sorted order -> position in the caller's
	hi, lo uint64
}

// Len returns the number of units.
func (s Sampler) Len() int { return len(s.order) }

// Counts writes into dst how often replicate b draws each unit. The counts sum
// to the number of units.
func (s Sampler) Counts(b int, dst []float64) {
	if len(dst) != len(s.order) {
		panic("resample: lengths differ")
	}
	clear(dst)
	src := s.source(b)
	for range dst {
		// Lemire's multiply-and-shift; its bias below n/2^64 is far under the
		// noise of 500 replicates, and it needs no rejection loop.
		k, _ := bits.Mul64(src.Uint64(), uint64(len(dst)))
		dst[s.order[k]]++
	}
}

// Normals writes n values of about standard normal distribution for replicate
// b: sums of twelve uniforms minus six (Irwin-Hall), whose variance is exactly
// one and which needs no function whose last digit depends on the CPU.
func (s Sampler) Normals(b int, dst []float64) {
	if len(dst) != len(s.order) {
		panic("resample: lengths differ")
	}
	src := s.source(b)
	for k := range dst {
		sum := -6.0
		for range 12 {
			sum += float64(src.Uint64()>>11) * 0x1p-53
		}
		dst[s.order[k]] = sum
	}
}

func (s Sampler) source(b int) *rand.PCG {
	return rand.NewPCG(s.hi, s.lo^uint64(b+1)*0x9e3779b97f4a7c15)
}

// t975 holds the 97.5 % quantiles of Student's t with 1 to 30 degrees of
// freedom (scipy.stats.t.ppf(.975, df)), and z975 is that of the normal.
var t975 = [...]float64{
	1: 12.706204736174698, 4.302652729749464, 3.182446305283708, 2.7764451051977987, 2.5705818366147395,
	2.4469118487916806, 2.3646242510102993, 2.3060041350333704, 2.2621571627409915, 2.2281388519649385,
	2.200985160082949, 2.1788128296634177, 2.1603686564610127, 2.1447866879169273, 2.131449545559323,
	2.1199052992210112, 2.1098155778331806, 2.10092204024096, 2.093024054408263, 2.0859634472658364,
	2.079613844727662, 2.0738730679040147, 2.0686576104190406, 2.0638985616280205, 2.059538552753294,
	2.055529438642871, 2.0518305164802833, 2.048407141795244, 2.045229642132703, 2.0422724563012373,
}

const z975 = 1.959963984540054

// tQuantile returns the 97.5 % quantile of t, beyond the table by two terms of
// its expansion (Fisher and Cornish 1960), which is right to 1e-4 there.
func tQuantile(df int) float64 {
	if df < len(t975) {
		return t975[df]
	}
	const z, z3, z5 = z975, z975 * z975 * z975, z975 * z975 * z975 * z975 * z975
	v := float64(df)
	return z + (z3+z)/(4*v) + (5*z5+16*z3+3*z)/(96*v*v)
}

// Jackknife adds the uncertainty that comes from having few subjects to
// replicates that resampled only the other units. It is also the better way
// where a statistic pools the subjects, as the noise ceiling of RDMs does: a
// subject drawn twice would agree with itself and inflate the pool. loo[s] is the statistic with
// subject s left out. Replicate b is moved by
//
//	sqrt((n-1)/n) * sum_s z_bs (loo_s - mean loo) * t(n-1)/z
//
// whose variance over b is the jackknife's (Efron 1982), widened so that the
// 95 % percentiles of the moved replicates are those of t with n-1 degrees of
// freedom. The z are drawn by the subjects' sampler and so are shared by all
// models.
func Jackknife(replicates, loo []float64, subjects Sampler) {
	n := len(loo)
	if n < 2 {
		panic("resample: the jackknife needs two subjects")
	}
	mean := stat.Mean(loo)
	scale := math.Sqrt(float64(n-1)/float64(n)) * tQuantile(n-1) / z975
	z := make([]float64, n)
	for b := range replicates {
		subjects.Normals(b, z)
		shift := 0.0
		for s, v := range loo {
			shift += float64(z[s] * (v - mean))
		}
		replicates[b] += float64(scale * shift)
	}
}
