package evaluate_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/evaluate"
)

func TestDecodePlan(t *testing.T) {
	d := demoArchive(t)
	good := evaluate.NewPlan(d.open(t), nil)
	if got, err := evaluate.DecodePlan(good.Encode()); err != nil || !reflect.DeepEqual(got, good) {
		t.Fatalf("the empty plan: %v, %v", got, err)
	}
	p := d.plan(t)
	text := string(p.Encode())
	if again := string(d.plan(t).Encode()); again != text {
		t.Error("the same archive gives another plan")
	}
	if got, err := evaluate.DecodePlan([]byte(text)); err != nil || !reflect.DeepEqual(got, p) {
		t.Fatalf("%v, %v", got, err)
	}
	for _, test := range []struct{ old, new, want string }{
		{`"cost": `, `"cost": 9`, "the plan was changed"},
		{`"cost": `, `"cost": -`, "must be positive"},
		{`"key": "`, `"key": "0`, "the plan was changed"},
		{`"model": "chance"`, `"model": "../chance"`, "characters other than"},
		{`"model": "chance"`, `"model": "zebra"`, "out of order or there twice"},
		{`"model": "gabor-energy"`, `"model": "chance"`, "out of order or there twice"},
		{`"state": `, `"status": `, "unknown field"},
		{`"schema": 1`, `"schema": 2`, "its schema is 2"},
		{`}` + "\n" + `  ]`, ``, "not a plan"},
	} {
		changed := strings.Replace(text, test.old, test.new, 1)
		if _, err := evaluate.DecodePlan([]byte(changed)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s for %s: %v, want %s", test.new, test.old, err, test.want)
		}
	}
	if _, err := evaluate.DecodePlan([]byte(text + "{}")); err == nil {
		t.Error("data after the plan")
	}
}
