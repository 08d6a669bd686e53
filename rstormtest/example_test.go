package rstormtest_test

import (
	"net/http"
	"testing"

	"rstorm/rstormtest"
)

// The device gives one answer per connection, and resets whatever comes next.
const oneAnswer = `
version: 1
scenarios:
  - name: one answer
    device: {faults: [{effect: reset, point: before-forward, exchanges: [2]}]}
    load: {commands: 40, mix: [put ctrl, get state]}
`

// A client that never uses a connection twice loses nothing to such a device.
func TestOurClientLosesNothing(t *testing.T) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	trial := rstormtest.Play(t, rstormtest.Parse(t, oneAnswer), client)
	trial.Expect(t, "success == 100%", "duplicates == 0", "lost == 0", "resets == 0")
}

// Go's own transport resends a GET in silence, and reports every PUT as failed.
func TestTheDefaultClientLosesCommandsThatWrite(t *testing.T) {
	trial := rstormtest.Play(t, rstormtest.Parse(t, oneAnswer), http.DefaultClient)
	trial.Expect(t, "success[GET] == 100%", "success[PUT] < 20%", "duplicates == 0")
	if hidden := trial.Summary.Resets.Hidden; hidden == 0 {
		t.Error("the transport has hidden no reset")
	}
}
