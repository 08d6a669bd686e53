package faults

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// A device that runs as a process of its own is told its faults as JSON.
func TestAnyFaultSurvivesJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var f, back Fault
		fill(t, reflect.ValueOf(&f).Elem(), r)
		text, err := json.Marshal(f)
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if err != nil || !reflect.DeepEqual(f, back) {
			t.Fatalf("%v\n%s\nwas written from %+v\nand read as        %+v", err, text, f, back)
		}
	}
}

// fill sets v to anything that its type allows, by its type alone: a field that
// is added later is tested too.
func fill(t *testing.T, v reflect.Value, r *rand.Rand) {
	switch v.Interface().(type) {
	case Delay:
		v.Set(reflect.ValueOf(anyDelay(r)))
		return
	case Probability:
		v.Set(reflect.ValueOf(Probability(r.Float64())))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range v.Fields() {
			fill(t, f, r)
		}
	case reflect.Pointer:
		if r.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), r)
		}
	case reflect.Slice:
		for range r.IntN(3) {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			fill(t, v.Index(v.Len()-1), r)
		}
	case reflect.Map:
		if n := r.IntN(3); n > 0 {
			v.Set(reflect.ValueOf(map[string]int64{"latency": r.Int64(), "jitter": r.Int64()}))
		}
	case reflect.String:
		v.SetString([]string{"", "reset", "0-17", "\"<&>\n"}[r.IntN(4)])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(r.Int64() >> r.IntN(64))
	default:
		t.Fatalf("no values of type %s", v.Type())
	}
}

// anyDelay makes one of the three forms, or none.
func anyDelay(r *rand.Rand) Delay {
	low := time.Duration(r.Int64N(int64(maxDelay) >> r.IntN(40)))
	switch r.IntN(4) {
	case 0:
		return Delay{}
	case 1:
		return Delay{low: low, high: low + time.Duration(r.Int64N(int64(maxDelay-low)))}
	case 2:
		return Delay{low: low + 1, high: low + 1, sigma: 5 * (1 - r.Float64())}
	}
	return After(low)
}

func TestWhatAnotherProcessHasStruckIsSpent(t *testing.T) {
	p := NewPlan(1, Device, []Fault{
		{Effect: Reset, Point: Connect},
		{Effect: Close, Point: Connect, Selector: Selector{First: 3}},
	})
	p.Spend(0, 7) // has no First: nothing to spend
	p.Spend(1, 2)
	for i, want := range []int{2, 1, 1} {
		if got := len(p.At(Connect, Event{Connection: i + 1})); got != want {
			t.Errorf("connection %d: %d faults strike, want %d", i+1, got, want)
		}
	}
}
