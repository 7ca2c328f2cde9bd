// Package language is the seam for language models that are executed: token
// ids in, logits out, surprisal of regions of a text.
//
// Surprisal is -log p of a token given those before it, in nats; [Bits] converts.
// Reading times and the benchmarks of this archive take bits. Tokens come as ids:
// what makes them of text is not here.
package language

import (
	"context"
	"fmt"
	"math"
)

// Model is a causal language model.
type Model interface {
	// Vocabulary returns how many tokens there are.
	Vocabulary() int
	// Context returns how many tokens the model sees at once, at least 2.
	Context() int
	// Logits returns the scores of every token to come next after each of the ids, position x
	// vocabulary: row i, which saw ids[0] to ids[i], predicts the token after ids[i].
	// There are at most Context ids.
	Logits(ctx context.Context, ids []int64) ([]float32, error)
}

// Options say how a text is shown to a model.
type Options struct {
	// Begin is put before the text, such as GPT-2's <|endoftext|>, so that the first token
	// has a probability; it has no surprisal itself. nil: nothing is, and the
	// first token's surprisal is NaN, since nothing predicts it.
	Begin *int64
	// Stride is how many tokens a window moves where a text is longer than
	// the context. Each token counts once, in the first window that has it, so all
	// but the first window's tokens are predicted from at least Context - Stride
	// others. 0: half the context. Smaller strides cost more and predict better.
	Stride int
}

// Surprisal returns the surprisal of each token of a text in nats, from 0 up:
//
//	-log softmax(logits)[token]
//
// in double precision, the maximum subtracted. An impossible token (its logit
// -Inf) has the surprisal +Inf. It is an error where a logit is NaN or +Inf, an
// id is not in the vocabulary, or the model fails or gives another number of logits.
// An empty text has no surprisals.
func Surprisal(ctx context.Context, m Model, ids []int64, opts Options) ([]float64, error) {
	vocabulary, width := m.Vocabulary(), m.Context()
	if width < 2 || vocabulary < 1 {
		return nil, fmt.Errorf("a model with a context of %d and %d tokens predicts nothing", width, vocabulary)
	}
	stride := opts.Stride
	if stride == 0 {
		stride = max(1, width/2)
	}
	if stride < 1 || stride >= width {
		return nil, fmt.Errorf("a stride of %d with a context of %d: it is from 1 to %d", stride, width, width-1)
	}
	begin := 0
	if opts.Begin != nil {
		begin = 1
		ids = append([]int64{*opts.Begin}, ids...)
	}
	for i, id := range ids {
		if id < 0 || id >= int64(vocabulary) {
			return nil, fmt.Errorf("token %d has the id %d: the vocabulary has %d", i-begin, id, vocabulary)
		}
	}
	nats := make([]float64, len(ids))
	if len(ids) > 0 {
		nats[0] = math.NaN()
	}
	for lo, done := 0, 1; done < len(ids); lo += stride {
		hi := min(lo+width, len(ids))
		logits, err := m.Logits(ctx, ids[lo:hi])
		if err != nil {
			return nil, fmt.Errorf("tokens %d to %d: %w", lo-begin, hi-1-begin, err)
		}
		if len(logits) != (hi-lo)*vocabulary {
			return nil, fmt.Errorf("tokens %d to %d: %d logits, not %d x %d", lo-begin, hi-1-begin, len(logits), hi-lo, vocabulary)
		}
		for ; done < hi; done++ {
			row := (done - 1 - lo) * vocabulary
			if nats[done], err = surprisal(logits[row:row+vocabulary], ids[done]); err != nil {
				return nil, fmt.Errorf("token %d: %w", done-begin, err)
			}
		}
	}
	return nats[begin:], nil
}

// surprisal is log(sum(exp(logits))) - logits[id].
func surprisal(logits []float32, id int64) (float64, error) {
	highest := math.Inf(-1)
	for i, v := range logits {
		x := float64(v)
		if math.IsNaN(x) || math.IsInf(x, 1) {
			return 0, fmt.Errorf("the logit of token id %d is %v", i, v)
		}
		highest = max(highest, x)
	}
	if math.IsInf(highest, -1) {
		return 0, fmt.Errorf("no token is possible: all logits are -Inf")
	}
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - highest)
	}
	return max(0, math.Log(sum)+(highest-float64(logits[id]))), nil
}

// Regions sums surprisal over the regions of a text, such as words: token i
// belongs to region[i], from 0 to n-1, or to none where that is negative. It is the
// surprisal of the region as a whole, by the chain rule.
//
// A region with a token that is NaN, the first of a text without a beginning, is
// NaN: leaving the token out would make the region look easy. (SyntaxGym counts
// it as 0; who wants that replaces it first.) A region without tokens is NaN too.
func Regions(nats []float64, region []int, n int) ([]float64, error) {
	if len(region) != len(nats) {
		return nil, fmt.Errorf("%d tokens have surprisal, %d a region", len(nats), len(region))
	}
	sums := make([]float64, n)
	tokens := make([]int, n)
	for i, r := range region {
		if r >= n {
			return nil, fmt.Errorf("token %d is in region %d of %d", i, r, n)
		}
		if r >= 0 {
			sums[r] += nats[i]
			tokens[r]++
		}
	}
	for r, k := range tokens {
		if k == 0 {
			sums[r] = math.NaN()
		}
	}
	return sums, nil
}

// Bits converts nats to bits: nats / ln 2.
func Bits(nats float64) float64 { return nats / math.Ln2 }
