package results_test

import (
	"errors"
	"math"
	"testing"

	"rstorm/results"
)

func TestCommandIDsSurviveTheWire(t *testing.T) {
	for _, c := range []struct {
		id   results.CommandID
		text string
	}{
		{results.CommandID{}, "0-0"},
		{results.CommandID{Client: 3, Seq: 17}, "3-17"},
		{results.CommandID{Client: math.MaxUint32, Seq: math.MaxUint32}, "4294967295-4294967295"},
	} {
		text, err := c.id.MarshalText()
		var back results.CommandID
		if err := errors.Join(err, back.UnmarshalText(text)); err != nil || string(text) != c.text || back != c.id {
			t.Errorf("%v was written as %q and read as %v (%v), want %q", c.id, text, back, err, c.text)
		}
	}
	for _, text := range []string{"", "-", "3", "3-", "-17", "3-17-1", "a-b", "4294967296-0", "-3-17", "3- 17"} {
		if id, err := results.ParseCommandID(text); err == nil {
			t.Errorf("%q was read as %v", text, id)
		}
	}
}
