package readout

import "strings"

// ImageNetClasses is how many numbers a network that was trained on ImageNet
// (ILSVRC 2012) ends in, in the order of the sorted WordNet ids.
const ImageNetClasses = 1000

// span is a run of indices of ImageNet classes, both ends included.
type span struct{ from, to int }

// sixteen are the entry-level categories of Geirhos et al. (2018), "Generalisation
// in humans and deep neural networks", which their later studies and
// Geirhos et al. (2021) keep, in alphabetical order. The indices are those of
// bethgelab/model-vs-human, modelvshuman/helper/human_categories.py: a hand-made
// choice among the WordNet synsets, so 407 (ambulance) is no car.
var sixteen = []struct {
	label string
	spans []span
}{
	{"airplane", []span{{404, 404}}},
	{"bear", []span{{294, 297}}},
	{"bicycle", []span{{444, 444}, {671, 671}}},
	{"bird", []span{{8, 8}, {10, 16}, {18, 20}, {22, 24}, {80, 83}, {87, 96}, {98, 100}, {127, 133}, {135, 145}}},
	{"boat", []span{{472, 472}, {554, 554}, {625, 625}, {814, 814}, {914, 914}}},
	{"bottle", []span{{440, 440}, {720, 720}, {737, 737}, {898, 899}, {901, 901}, {907, 907}}},
	{"car", []span{{436, 436}, {511, 511}, {817, 817}}},
	{"cat", []span{{281, 286}}},
	{"chair", []span{{423, 423}, {559, 559}, {765, 765}, {857, 857}}},
	{"clock", []span{{409, 409}, {530, 530}, {892, 892}}},
	{"dog", []span{{152, 191}, {193, 203}, {205, 226}, {228, 241}, {243, 250}, {252, 257}, {259, 259}, {261, 263}, {265, 268}}},
	{"elephant", []span{{385, 386}}},
	{"keyboard", []span{{508, 508}, {878, 878}}},
	{"knife", []span{{499, 499}}},
	{"oven", []span{{766, 766}}},
	{"truck", []span{{555, 555}, {569, 569}, {656, 656}, {675, 675}, {717, 717}, {734, 734}, {864, 864}, {867, 867}}},
}

// further are the labels of other benchmarks of Brain-Score (Baker et al. 2022,
// Zhu et al. 2019, Scialom et al. 2024), with Brain-Score's indices. They overlap
// with the sixteen and with each other: 286 is a cat and a tiger.
var further = map[string][]span{
	"aeroplane":     {{404, 404}, {895, 895}},
	"banana":        {{954, 954}},
	"beanie":        {{439, 439}, {452, 452}, {515, 515}, {808, 808}},
	"binoculars":    {{447, 447}},
	"boot":          {{514, 514}},
	"bowl":          {{659, 659}, {809, 809}},
	"bunny":         {{330, 332}},
	"bus":           {{654, 654}, {779, 779}, {874, 874}},
	"cup":           {{968, 968}},
	"frog":          {{30, 32}},
	"glasses":       {{837, 837}},
	"lamp":          {{470, 470}, {607, 607}, {818, 818}, {846, 846}},
	"lizard":        {{38, 48}},
	"motorbike":     {{665, 665}, {670, 670}},
	"pan":           {{567, 567}},
	"sewingmachine": {{786, 786}},
	"shovel":        {{792, 792}},
	"tiger":         {{286, 293}},
	"turtle":        {{33, 37}},
	"wolf":          {{269, 275}},
}

// indices are the ImageNet classes of each known label, ascending.
var indices = func() map[string][]int {
	all := map[string][]int{}
	add := func(label string, spans []span) {
		for _, s := range spans {
			for i := s.from; i <= s.to; i++ {
				all[label] = append(all[label], i)
			}
		}
	}
	for _, c := range sixteen {
		add(c.label, c.spans)
	}
	for label, spans := range further {
		add(label, spans)
	}
	return all
}()

// Labels returns the sixteen labels of Geirhos et al., in alphabetical order.
func Labels() []string {
	labels := make([]string, len(sixteen))
	for i, c := range sixteen {
		labels[i] = c.label
	}
	return labels
}

// Known returns those of the labels that have no ImageNet classes, in their
// order; none where a network can choose among all of them. Case and spaces do
// not count, as for Brain-Score: "Sewing machine" is known.
func Known(labels []string) (missing []string) {
	for _, l := range labels {
		if indices[fold(l)] == nil {
			missing = append(missing, l)
		}
	}
	return missing
}

// fold returns a label as the tables spell it.
func fold(label string) string {
	return strings.ToLower(strings.ReplaceAll(label, " ", ""))
}
