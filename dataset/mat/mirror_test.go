package mat

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// demo reads one of the files of the RSA toolbox's 92-image demo.
func demo(t *testing.T, name string, opts Options) *File {
	t.Helper()
	root := os.Getenv("BSGEN_DATA_MIRROR")
	if root == "" {
		t.Skip("BSGEN_DATA_MIRROR is not set")
	}
	const dir = "rsagroup/rsatoolbox/f1f83cadb7243492a1aae7460466e0f0140b20ac/demos/92imageData"
	r, err := os.Open(filepath.Join(root, filepath.FromSlash(dir), name))
	if os.IsNotExist(err) {
		t.Skipf("the mirror has no %s", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := Read(r, opts)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Expected values in this file: m = scipy.io.loadmat(name), SciPy 1.10, where not said otherwise; sums in float64.

func sum(t *testing.T, a *Array) float64 {
	t.Helper()
	v, err := a.Float64s()
	if err != nil {
		t.Fatal(err)
	}
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

func TestBrainRDMs(t *testing.T) {
	a := variable(t, demo(t, "92_brainRDMs.mat", Options{}), "RDMs")
	if a.String() != "1x4x2 struct" || !slices.Equal(a.Fields(), []string{"RDM", "name", "color"}) {
		t.Fatalf("a %s array with fields %q", a, a.Fields())
	}
	// e = m['RDMs'].ravel(order='F')[i]; e['name'], e['RDM'][1,0], e['RDM'][91,3], sum over e['RDM'] in column-major order
	for i, want := range []struct {
		name           string
		at1_0, at91_3  float32
		columnMajorSum float64
	}{
		{"hIT | BE | Session: 1", 0.8287830352783203, 1.1230242252349854, 7390.263201236725},
		{"hIT | KO | Session: 1", 1.038586974143982, 0.7583313584327698, 7101.22572517395},
		{"hIT | SN | Session: 1", 0.9640171527862549, 0.7825442552566528, 6924.0553641319275},
		{"hIT | TI | Session: 1", 0.8849050998687744, 0.7648361325263977, 6654.420201659203},
		{"hIT | BE | Session: 2", 1.1164807081222534, 1.2500462532043457, 7528.765076756477},
		{"hIT | KO | Session: 2", 0.7960460186004639, 0.9689443111419678, 7302.238057971001},
		{"hIT | SN | Session: 2", 0.8718804121017456, 1.1643764972686768, 7282.601507306099},
		{"hIT | TI | Session: 2", 0.9842925071716309, 0.887319028377533, 6607.864090919495},
	} {
		rdm := field(t, a, i, "RDM")
		v, err := rdm.Float64s()
		if err != nil {
			t.Fatal(err)
		}
		if rdm.String() != "92x92 single" || v[1] != float64(want.at1_0) || v[91+3*92] != float64(want.at91_3) {
			t.Errorf("RDM %d: a %s array, (1,0)=%v, (91,3)=%v", i, rdm, v[1], v[91+3*92])
		}
		if got := sum(t, rdm); got != want.columnMajorSum {
			t.Errorf("RDM %d: sum %v, want %v", i, got, want.columnMajorSum)
		}
		if got := field(t, a, i, "name").String(); got != want.name {
			t.Errorf("RDM %d: name %q, want %q", i, got, want.name)
		}
		wantFloats(t, field(t, a, i, "color"), 0, 0, 1)
	}
}

func TestModelRDMs(t *testing.T) {
	a := variable(t, demo(t, "92_modelRDMs.mat", Options{}), "Models")
	// e = m['Models'].ravel(order='F')[i]; e['name'], sum over e['RDM'] in column-major order
	for i, want := range []struct {
		name string
		sum  float64
	}{
		{"animacy", 4224}, {"FaceBodyManmadeNatobj", 6342}, {"monkeyIT", 8335.584424463452}, {"EVA", 6941.439427852631},
		{"HMAX", 2000.1539365594024}, {"V1", 3292.5953638352194}, {"Silhouette", 5425.906816593482}, {"RADON", 433.42543871091243},
	} {
		if got := field(t, a, i, "name").String(); got != want.name {
			t.Errorf("model %d: name %q, want %q", i, got, want.name)
		}
		if got := sum(t, field(t, a, i, "RDM")); got != want.sum {
			t.Errorf("%s: sum %v, want %v", want.name, got, want.sum)
		}
	}
}

func TestBehaviouralRDMs(t *testing.T) {
	a := variable(t, demo(t, "92_behavRDMs.mat", Options{}), "rdms_behav_92")
	// e = m['rdms_behav_92'][0,i]; e['name'], e['RDM'][2,5], sum over e['RDM'] in column-major order
	for i, want := range map[int]struct {
		name       string
		at2_5, sum float64
	}{
		0:  {"simJudge | subject1", 0.003956839158751633, 116.30655917437439},
		15: {"simJudge | subject16", 0.015643787575913767, 115.74065884629363},
	} {
		rdm := field(t, a, i, "RDM")
		v, err := rdm.Float64s()
		if err != nil {
			t.Fatal(err)
		}
		if name := field(t, a, i, "name").String(); name != want.name || v[2+5*92] != want.at2_5 || sum(t, rdm) != want.sum {
			t.Errorf("%d: %q %v %v, want %v", i, name, v[2+5*92], sum(t, rdm), want)
		}
		wantFloats(t, field(t, a, i, "color"), 0.5, 0.5, 0.5)
	}
	if a.Len() != 16 {
		t.Errorf("%d subjects", a.Len())
	}
}

func TestKriegeskorte2008(t *testing.T) {
	f := demo(t, "Kriegeskorte_Neuron2008_supplementalData.mat", Options{})
	// scipy.io.whosmat(name)
	if got, want := f.Names(), []string{"categoryLabels", "RDMs_mIT_hIT_fig1", "categoryVectors", "stimuli_92objs"}; !slices.Equal(got, want) {
		t.Fatalf("names %q, want %q", got, want)
	}
	rdms := variable(t, f, "RDMs_mIT_hIT_fig1")
	// sums over m['RDMs_mIT_hIT_fig1'][0,i]['RDM'] in order
	for i, want := range []float64{4167.7922122317195, 3549.46457657218} {
		a := field(t, rdms, i, "RDM")
		if a.String() != "1x4186 double" || sum(t, a) != want {
			t.Errorf("RDM %d: a %s array, sum %v, want %v", i, a, sum(t, a), want)
		}
	}
	stimuli := variable(t, f, "stimuli_92objs")
	// e = m['stimuli_92objs'][0,i]; e['category'], e['image'][87,87], e['image'].astype(float).sum()
	for i, want := range map[int]struct {
		category string
		pixel    [3]float64
		sum      float64
	}{
		0:  {"human bodypart", [3]float64{159, 114, 82}, 11807435},
		91: {"artificial inanimate", [3]float64{251, 44, 51}, 17296379},
	} {
		image := field(t, stimuli, i, "image")
		v, err := image.Float64s()
		if err != nil {
			t.Fatal(err)
		}
		const p, plane = 87 + 87*175, 175 * 175
		if image.String() != "175x175x3 uint8" || [3]float64{v[p], v[p+plane], v[p+2*plane]} != want.pixel || sum(t, image) != want.sum {
			t.Errorf("image %d: a %s array, pixel %v %v %v, sum %v", i, image, v[p], v[p+plane], v[p+2*plane], sum(t, image))
		}
		if got := field(t, stimuli, i, "category").String(); got != want.category {
			t.Errorf("category %d: %q", i, got)
		}
	}
	// [str(c[0]) for c in m['categoryLabels'][0]]
	labels := variable(t, f, "categoryLabels")
	for i, want := range []string{"animate", "inanim", "human", "nonhumani", "body", "face", "natObj", "artiObj", "rand24", "rand48", "other48", "monkeyape"} {
		if c, err := labels.Cell(i); err != nil || c.String() != want {
			t.Errorf("label %d: %v, %v, want %q", i, c, err, want)
		}
	}
}

func TestOnlyOneOfDemo(t *testing.T) {
	// The images alone are 92*175*175*3 = 8452500 bytes; the two RDMs are 2*4186*8 = 66976.
	f := demo(t, "Kriegeskorte_Neuron2008_supplementalData.mat", Options{Only: []string{"RDMs_mIT_hIT_fig1"}, MaxBytes: 70000})
	if a := variable(t, f, "RDMs_mIT_hIT_fig1"); a.Len() != 2 {
		t.Errorf("a %s array", a)
	}
}

func TestDemoLogical(t *testing.T) {
	f := demo(t, "faceAnimateInaniClustersRDM.mat", Options{Only: []string{"binRDM_animacy"}})
	// scipy.io.whosmat(name) gives 'logical'; m['binRDM_animacy'].sum() gives 4224
	if a := variable(t, f, "binRDM_animacy"); a.String() != "92x92 logical" || sum(t, a) != 4224 {
		t.Errorf("a %s array with sum %v", a, sum(t, a))
	}
}
