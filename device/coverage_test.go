package device

import (
	"slices"
	"testing"

	"rstorm/faults"
	"rstorm/results"
)

// spot is where an effect strikes.
type spot struct {
	effect faults.Effect
	point  faults.Point
}

// at makes a spot for every point.
func at(e faults.Effect, points ...faults.Point) (all []spot) {
	for _, p := range points {
		all = append(all, spot{e, p})
	}
	return all
}

// pointsOf lists the points at which the device can carry an effect out.
func pointsOf(e faults.Effect) []faults.Point {
	i := slices.IndexFunc(faults.Effects, func(k faults.Kind) bool { return k.Effect == e })
	return faults.Effects[i].On(faults.Device)
}

// tested lists what the tests carry out over p, by the tables that they go
// through from end to end.
func tested(p results.Protocol) []spot {
	all := slices.Concat(
		at(faults.Refuse, faults.Connect), at(faults.DropSYN, faults.Connect), // at the door there is no protocol yet
		at(faults.BlackHole, pointsOf(faults.BlackHole)...), // TestABlackHoleOverEveryProtocol
		at(faults.Vanish, pointsOf(faults.Vanish)...),       // TestVanishOverEveryProtocol
	)
	if p == results.HTTP {
		for _, d := range deaths { // TestADeviceDiesAtEveryPoint
			all = append(all, spot{faults.Crash, d.point}, spot{faults.Exit, d.point})
		}
	} else {
		for _, d := range netHTTPDeaths { // TestADeviceDiesOverEveryProtocol
			all = append(all, spot{faults.Crash, d.point}, spot{faults.Exit, d.point})
		}
	}
	if p.TLS() {
		for _, s := range handshakes { // TestEveryEffectInTheHandshake
			all = append(all, spot{s.fault.Effect, faults.Handshake})
		}
		all = append(all, spot{faults.Crash, faults.Handshake}, spot{faults.Exit, faults.Handshake}) // TestADeviceDiesInTheHandshake
	}
	if p.HTTP2() {
		for _, s := range frameShapes { // TestEveryEffectAtEveryPointOverHTTP2
			all = append(all, spot{s.effect, s.point})
		}
		for _, s := range stalls { // TestAStallStopsEveryStream
			all = append(all, spot{faults.Stall, s.point})
		}
		return append(all, spot{faults.Stall, faults.Connect}) // TestAStallAtConnectOverHTTP2
	}
	for _, s := range shapes { // TestEveryEffectAtEveryPoint, TestEveryEffectAtEveryPointOverTLS
		all = append(all, spot{s.effect, s.point})
	}
	for _, e := range unaskedFor { // TestBytesNobodyAskedFor
		all = append(all, at(e, faults.Connect, faults.AfterResponse, faults.Idle)...)
	}
	for _, s := range garbled { // TestGarbageInPlaceOfTheAnswer
		all = append(all, spot{faults.Garbage, s.point})
	}
	return all
}

func TestNoEffectIsUntestedAtAnyPointOverAnyProtocol(t *testing.T) {
	for _, name := range results.HTTP.Names() {
		protocol := results.Protocol(name)
		done := tested(protocol)
		for _, k := range faults.Effects {
			for _, p := range pointsOf(k.Effect) {
				f := faults.Fault{Effect: k.Effect, Point: p}
				if len(f.Fit(faults.Device, protocol.TLS(), protocol.HTTP2())) == 0 && !slices.Contains(done, spot{k.Effect, p}) {
					t.Errorf("%s: no test of %s at %s", protocol, k.Effect, p)
				}
			}
		}
	}
}
