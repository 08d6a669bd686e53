package device

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rstorm/faults"
)

// resent lists what net/http's transport takes for leave to send a request
// again, unasked and whatever its method, as long as it can have the body a
// second time: a GOAWAY whose last stream is below the request's, with
// NO_ERROR, and a stream reset with one of two codes before any answer.
var resent = []faults.H2Error{faults.RefusedStream, faults.ProtocolError}

// disowned lists every way in which HTTP/2 disowns a request.
func disowned() (all []faults.Fault) {
	for _, point := range []faults.Point{faults.BeforeForward, faults.AfterForward, faults.Response} {
		for _, code := range faults.NoError.Names() {
			all = append(all, faults.Fault{Effect: faults.RSTStream, Point: point, Error: faults.H2Error(code)})
		}
		if point == faults.Response {
			continue
		}
		for _, last := range []faults.Last{faults.Below, faults.At} {
			for _, code := range []faults.H2Error{faults.NoError, faults.EnhanceYourCalm, faults.InternalError} {
				all = append(all, faults.Fault{Effect: faults.GoAway, Point: point, Last: last, Error: code})
			}
		}
	}
	return all
}

// believed reports whether net/http takes f for leave to send again.
func believed(f faults.Fault) bool {
	if f.Effect == faults.GoAway {
		return f.Last == faults.Below && f.Error == faults.NoError
	}
	return f.Point != faults.Response && slices.Contains(resent, f.Error)
}

func TestNetHTTPSendsAgainWhatTheDeviceSaysItHasNotProcessed(t *testing.T) {
	for _, protocol := range multiplexed {
		for _, f := range disowned() {
			for _, s := range []struct {
				method string
				body   io.Reader
				once   bool // the body can't be had again
			}{
				{http.MethodGet, nil, false},
				{http.MethodPut, nil, false},
				{http.MethodPut, strings.NewReader("on"), false},
				{http.MethodPut, io.NopCloser(strings.NewReader("on")), true},
			} {
				t.Run(fmt.Sprintf("%s %s at %s %s %s %s %t", protocol, f.Effect, f.Point, f.Last, f.Error, s.method, s.once), func(t *testing.T) {
					f.First = 1
					d := switchOnSpeaking(t, protocol, Profile{Faults: []faults.Fault{f}})
					_, _, err := roundTrip(transport(t, d), newRequest(t, d, s.method, "0-1", s.body))
					again := believed(f) && !s.once
					if again != (err == nil) {
						t.Errorf("the client met %v", err)
					}
					want := 0 // executions
					if f.Point != faults.BeforeForward {
						want++
					}
					if again {
						want++
					}
					if n := executions(d, "0-1"); n != want {
						t.Errorf("executed %d times, want %d", n, want)
					}
					// Another connection, for all but the refusal of a single stream.
					connections := 1
					if again && f.Error != faults.RefusedStream {
						connections++
					}
					if n := len(used(d)); n != connections {
						t.Errorf("%d connections, want %d", n, connections)
					}
				})
			}
		}
	}
}
