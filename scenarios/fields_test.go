package scenarios

import (
	"math"
	"reflect"
	"testing"
	"time"

	"rstorm/clients"
	"rstorm/device"
	"rstorm/faults"
)

func TestFieldsAreListedWithTheirDefaults(t *testing.T) {
	var retry any
	for _, k := range clients.Kinds {
		if k.Name == "retry" {
			retry = k.Defaults
		}
	}
	for _, c := range []struct {
		v    any
		want []Field
	}{
		{retry, []Field{
			{"attempts", "a whole number, 1 to 100", "4", "attempts at a command in total, the first included"},
			{"backoff", "a time with its unit, as in 250ms, at least 0", "20ms", "wait before the second attempt; doubles with each further one, up to 1s"},
			{"on", "a list of reset, closed, refused, timed-out, truncated, unprocessed", "[reset, closed, unprocessed]", "outcomes of an attempt after which the command is sent again; unprocessed is HTTP/2's word that it was not executed"},
			{"methods", "a list", "", "methods that are sent again; empty is all"},
		}},
		{&sample{Pointer: new(faults.Probability(.25)), Order: Shuffle, Inner: Inner{Deep: true}}, []Field{
			{"pointer", "a probability", "25%", "p"},
			{"order", "one of alternate, shuffle", "shuffle", "o"},
			{"deep", "true or false", "true", "d"},
			{"most", "a number, at most 3", "", "m"},
			{"names", "a mapping", "", "n"},
		}},
	} {
		if got := Fields(c.v); !reflect.DeepEqual(got, c.want) {
			t.Errorf("got  %+v,\nwant %+v", got, c.want)
		}
	}
}

type sample struct {
	Pointer *faults.Probability `yaml:"pointer" doc:"p"`
	Order   Order               `yaml:"order" doc:"o"`
	Inner   `yaml:",inline"`
	Most    float64          `yaml:"most" max:"3" doc:"m"`
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
	want := map[string]string{"clients": "1", "commands": "200", "duration": "", "gap": "", "rate": "",
		"mix": "[put ctrl, get state]", "order": "alternate", "ports": "", "timeout": (3 * time.Second).String()}
	if !reflect.DeepEqual(defaults, want) {
		t.Errorf("got %v", defaults)
	}
}
