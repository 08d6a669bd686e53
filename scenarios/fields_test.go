package scenarios

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"rstorm/clients"
	"rstorm/device"
	"rstorm/faults"
)

func TestFieldsAreListedWithTheirDefaults(t *testing.T) {
	for _, c := range []struct {
		v    any
		want []Field
	}{
		{&sample{Pointer: new(faults.Probability(.25)), Order: Shuffle, Inner: Inner{Deep: true}}, []Field{
			{"pointer", "a probability", "25%", "", "p"},
			{"order", "one of alternate, shuffle", "shuffle", "", "o"},
			{"deep", "true or false", "true", "", "d"},
			{"most", "a number, at most 3", "", "here", "m"},
			{"names", "a mapping", "", "", "n"},
		}},
	} {
		if got := Fields(c.v); !reflect.DeepEqual(got, c.want) {
			t.Errorf("got  %+v,\nwant %+v", got, c.want)
		}
	}
}

// A preset lists what it sets, those of the embedded settings as well.
func TestAPresetListsWhatItSets(t *testing.T) {
	for _, k := range clients.Kinds {
		if k.Name != "retry" {
			continue
		}
		var got []string
		for _, f := range Fields(k.Defaults) {
			if f.Default != "" {
				got = append(got, f.Key+" ("+f.Type+"): "+f.Default)
			}
		}
		want := []string{
			"retry (one of never, stale-safe, stale-idempotent, stale-any, idempotent, any): any",
			"attempts (a whole number, 0 to 100): 4",
			"backoff (a time with its unit, as in 250ms, 0 to 24h): 20ms",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q,\nwant %q", got, want)
		}
		return
	}
	t.Error("there is no strategy retry")
}

type sample struct {
	Pointer *faults.Probability `yaml:"pointer" doc:"p"`
	Order   Order               `yaml:"order" doc:"o"`
	Inner   `yaml:",inline"`
	Most    float64          `yaml:"most" max:"3" must:"here" doc:"m"`
	Names   map[string]int64 `yaml:"names" doc:"n"`
	Hidden  int              `yaml:"-"`
	None    int
}

type Inner struct {
	Deep bool `yaml:"deep" doc:"d"`
}

// Whoever writes a tag that the decoder can't read hears of it here.
func TestEveryTagCanBeRead(t *testing.T) {
	all := []any{Load{}, faults.Fault{}, faults.Toxic{}, device.Profile{}, layout{}, layoutDefaults{}, layoutScenario{}, layoutStrategy{}, layoutCommand{}}
	for _, k := range clients.Kinds {
		all = append(all, k.Defaults)
	}
	for _, v := range all {
		for _, f := range fields(reflect.TypeOf(v)) {
			typ := f.typ
			if typ.Kind() == reflect.Slice {
				typ = typ.Elem()
			}
			low, high := limit(f.min, typ, math.NaN()), limit(f.max, typ, math.NaN())
			if f.doc == "" || f.min != "" && math.IsNaN(low) || f.max != "" && math.IsNaN(high) || low > high {
				t.Errorf("%T: %+v", v, f)
			}
		}
	}
}

func TestALoadListsWhatItDefaultsTo(t *testing.T) {
	defaults := map[string]string{}
	for _, f := range Fields(DefaultLoad()) {
		defaults[f.Key] = f.Default
	}
	want := map[string]string{"clients": "1", "concurrency": "1", "commands": "200", "duration": "", "gap": "", "rate": "",
		"mix": "[put ctrl, get state]", "order": "alternate", "ports": "", "timeout": (3 * time.Second).String()}
	if !reflect.DeepEqual(defaults, want) {
		t.Errorf("got %v", defaults)
	}
}
